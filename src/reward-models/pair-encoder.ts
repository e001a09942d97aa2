/** Opens what turns pairs into numbers, and says how a stored model finds it again. */
import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { runDigest } from '../engine/checkpoint.ts'
import { openEncoder } from '../inference/encoder.ts'
import type { PairEncoder } from './encode-pairs.ts'
import type { EncodedTextSpec, PairEncoderSpec } from './train-config.ts'

export interface OpenPairEncoderOptions {
  /** relative paths start here */
  readonly folder: string
  readonly cache?: string | undefined
  readonly offline?: boolean | undefined
}

export interface OpenedPairEncoder {
  readonly encoder: PairEncoder
  readonly digest: string
  readonly width: number
  readonly notice?: string | undefined
  close(): Promise<void>
}

/** @throws GuerdonError as `openEncoder` */
export async function openPairEncoder(
  spec: PairEncoderSpec,
  text: EncodedTextSpec,
  { folder, cache, offline }: OpenPairEncoderOptions,
): Promise<OpenedPairEncoder> {
  if (spec.use === 'columns')
    return {
      encoder: { features: spec.names },
      digest: runDigest(['columns', spec.names]),
      width: spec.names.length,
      async close() {},
    }
  const texts = await openEncoder(spec, { folder, cache, offline })
  const { digest, width, notice } = texts
  return { encoder: { texts, text }, digest, width, notice, close: () => texts.close() }
}

/** The same encoder as seen from another folder: the path of a model on this machine is named from there. */
export function encoderSeenFrom(spec: PairEncoderSpec, folder: string, from: string): PairEncoderSpec {
  if (spec.use !== 'onnx') return spec
  const local = resolve(folder, spec.model)
  if (!existsSync(local)) return spec
  const path = relative(from, local)
  return { ...spec, model: path.startsWith('..') ? path : `./${path}` }
}
