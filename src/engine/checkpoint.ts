/** Checkpoints of a training run: from one, a run continues as if it had never stopped. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { GuerdonError } from '../records/error.ts'
import type { HostTensor, Parameters } from './host-tensor.ts'
import { readSafetensors, writeSafetensors } from './safetensors.ts'

export interface Checkpoint {
  /** steps done */
  readonly step: number
  /** parameters under their names, the optimiser's state as `optimizer.…` */
  readonly state: Parameters
  /** scalar results of every step so far, by name */
  readonly history: Readonly<Record<string, Float64Array>>
  /** the caller's own numbers, for example the best step so far; plain JSON */
  readonly notes: unknown
  /** a second set of parameters, for example the best so far */
  readonly kept?: Parameters | undefined
}

/** Digest of what makes two runs the same: a checkpoint of another run is refused. */
export const runDigest = (description: unknown): string =>
  createHash('sha256').update(JSON.stringify(description)).digest('hex')

const HISTORY = 'history.'
const KEPT = 'kept.'

export function writeCheckpoint(path: string, digest: string, checkpoint: Checkpoint): void {
  const tensors: Record<string, HostTensor> = { ...checkpoint.state }
  for (const [name, values] of Object.entries(checkpoint.history))
    tensors[`${HISTORY}${name}`] = { shape: [values.length], dtype: 'float64', values }
  for (const [name, values] of Object.entries(checkpoint.kept ?? {})) tensors[`${KEPT}${name}`] = values
  writeSafetensors(path, {
    tensors,
    metadata: {
      format: 'guerdon-checkpoint',
      run: digest,
      step: String(checkpoint.step),
      notes: JSON.stringify(checkpoint.notes ?? null),
    },
  })
}

/** The checkpoint at a path, or undefined when there is none. @throws GuerdonError RESUME_MISMATCH for another run's */
export function readCheckpoint(path: string, digest: string): Checkpoint | undefined {
  if (!existsSync(path)) return undefined
  const { tensors, metadata } = readSafetensors(path)
  if (metadata.format !== 'guerdon-checkpoint' || metadata.run !== digest)
    throw new GuerdonError('RESUME_MISMATCH', 'is the checkpoint of another run', {
      where: { file: path },
      hint: 'Data, model, seed or settings have changed since. Begin again with --restart, or name another output',
    })
  const under = (prefix: string): Record<string, HostTensor> =>
    Object.fromEntries(
      Object.entries(tensors).flatMap(([name, value]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
      ),
    )
  const kept = under(KEPT)
  return {
    step: Number(metadata.step),
    state: Object.fromEntries(
      Object.entries(tensors).filter(([name]) => !name.startsWith(HISTORY) && !name.startsWith(KEPT)),
    ),
    history: Object.fromEntries(
      Object.entries(under(HISTORY)).map(([name, { values }]) => [name, values as Float64Array]),
    ),
    notes: JSON.parse(metadata.notes ?? 'null'),
    ...(Object.keys(kept).length > 0 && { kept }),
  }
}
