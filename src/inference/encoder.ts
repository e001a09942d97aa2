/**
 * What turns texts into vectors, whatever does it: hashed n-grams, an ONNX model on this machine, or an endpoint. A
 * spec names one in a config or beside a trained reward model; `openEncoder` opens it.
 */
import { resolve } from 'node:path'
import { z } from 'zod'
import { GuerdonError } from '../records/error.ts'
import { cached } from './embedding-cache.ts'
import { HashedNGrams } from './hashed-n-grams.ts'
import { endpointFields } from './remote/endpoint.ts'

export interface EmbedOptions {
  readonly abort?: AbortSignal | undefined
  /** called with the texts that are done and all there are; `done` never falls */
  readonly progress?: ((done: number, total: number) => void) | undefined
}

export interface Encoder {
  /** 'hashed-n-grams', 'onnx', 'endpoint' */
  readonly name: string
  /** numbers in an embedding */
  readonly width: number
  /**
   * SHA-256 (hex) of everything known here that decides an embedding: model files, pooling, normalisation, truncation,
   * options. Of an endpoint it is protocol, address, model name and options: weights behind it are not seen.
   */
  readonly digest: string
  /** a sentence that a report must repeat, such as that no model was used */
  readonly notice?: string | undefined
  /**
   * n × width, row-major, in the order of the texts; n = 0 gives an empty array.
   * @throws GuerdonError RUN_CANCELLED when aborted, ENDPOINT_FAILED or MODEL_INVALID when the model gives no such numbers
   */
  embed(texts: readonly string[], options?: EmbedOptions): Promise<Float32Array>
  /** Ends what runs for it; embedding afterwards fails. */
  close(): Promise<void>
}

const whole = (least: number, most: number) => z.int().min(least).max(most)

/** Texts are hashed into a vector: needs no model. */
export const hashedNGramsSpec = z.strictObject({
  use: z.literal('hashed-n-grams'),
  width: whole(16, 1 << 20)
    .optional()
    .describe('numbers in an embedding, those of the form of the text included; default 512'),
  form: z
    .boolean()
    .optional()
    .describe(
      'the last 8 numbers say what a bag of n-grams cannot: lengths and shares of kinds of characters',
    ),
  seed: whole(0, 2 ** 32 - 1)
    .optional()
    .describe('another seed hashes into other places; default 0'),
})

/** A model in the ONNX format on this machine, or on the hub. */
export const onnxEncoderSpec = z.strictObject({
  use: z.literal('onnx'),
  model: z
    .string()
    .min(1)
    .describe(
      'a folder with model.onnx and tokenizer.json, or a repository of the hub: owner/name or owner/name@revision',
    ),
  file: z.string().min(1).optional().describe('which ONNX file of it, for example onnx/model_quantized.onnx'),
  pooling: z
    .enum(['mean', 'cls', 'last'])
    .optional()
    .describe(
      'how token vectors become one; default: what the model says (1_Pooling/config.json), else mean',
    ),
  normalise: z
    .boolean()
    .optional()
    .describe('to length 1; default: what the model says (modules.json), else true'),
  maxTokens: whole(1, 1 << 20)
    .optional()
    .describe('longer texts are cut; default: what the model says, at most its positions'),
  truncate: z.enum(['left', 'right']).optional().describe('the side that is cut; default right'),
  prefix: z.string().optional().describe('written before every text, for example "query: "'),
  rowsTogether: whole(1, 4096)
    .optional()
    .describe(
      'texts in one run of the model; default 32, and 1 for models whose activations are quantised as they run',
    ),
  threads: whole(1, 256).optional().describe('of one run; default: half of the processors'),
})

/** A server that embeds. */
export const endpointEncoderSpec = z.strictObject({
  use: z.literal('endpoint'),
  protocol: z.enum(['openai', 'vllm', 'sglang', 'tei']),
  ...endpointFields,
  width: whole(1, 1 << 20)
    .optional()
    .describe('numbers in an embedding; asked of the server unless said'),
  dimensions: whole(1, 1 << 20)
    .optional()
    .describe('asks for shorter embeddings (openai, vllm)'),
  normalise: z.boolean().optional().describe('to length 1; default true'),
  maxTokens: whole(1, 1 << 20)
    .optional()
    .describe('longer texts are cut by the server (vllm)'),
  prefix: z.string().optional().describe('written before every text, for example "query: "'),
})

/** What a config or a reward-model.json holds to name an encoder. */
export const encoderSpec = z.discriminatedUnion('use', [
  hashedNGramsSpec,
  onnxEncoderSpec,
  endpointEncoderSpec,
])

export type HashedNGramsSpec = z.infer<typeof hashedNGramsSpec>
export type OnnxEncoderSpec = z.infer<typeof onnxEncoderSpec>
export type EndpointEncoderSpec = z.infer<typeof endpointEncoderSpec>
export type EncoderSpec = z.infer<typeof encoderSpec>

export interface OpenEncoderOptions {
  /** relative model paths start here; default: the current directory */
  readonly folder?: string | undefined
  /** directory of the embedding cache; false or absent = none; hashed n-grams are quicker made than read and use none */
  readonly cache?: string | false | undefined
  /** nothing is downloaded; default: GUERDON_OFFLINE or HF_HUB_OFFLINE */
  readonly offline?: boolean | undefined
  /** of downloads: bytes that have come and all there are */
  readonly progress?: ((done: number, total: number) => void) | undefined
}

/**
 * Opens the encoder that a spec names; close it when it is not needed any more.
 *
 * @param spec checked against `encoderSpec` before anything is opened
 * @throws GuerdonError SPEC_INVALID for a spec that is none, MODEL_MISSING, MODEL_INVALID, PACKAGE_MISSING (onnxruntime-node),
 *   DOWNLOAD_FAILED, ENDPOINT_FAILED
 */
export async function openEncoder(spec: EncoderSpec, options: OpenEncoderOptions = {}): Promise<Encoder> {
  const checked = encoderSpec.safeParse(spec)
  if (!checked.success) {
    throw new GuerdonError(
      'SPEC_INVALID',
      `the encoder is not described well: ${z.prettifyError(checked.error)}`,
    )
  }
  const encoder = await opened(checked.data, options)
  if (options.cache === undefined || options.cache === false || checked.data.use === 'hashed-n-grams')
    return encoder
  try {
    return cached(encoder, resolve(options.cache))
  } catch (error) {
    await encoder.close()
    throw error
  }
}

/** Each kind is loaded when it is asked for: a spec without a model loads nothing of models. */
async function opened(spec: EncoderSpec, options: OpenEncoderOptions): Promise<Encoder> {
  if (spec.use === 'hashed-n-grams') return new HashedNGrams(spec)
  if (spec.use === 'onnx') return (await import('./onnx-encoder.ts')).OnnxEncoder.open(spec, options)
  return (await import('./remote/endpoint-encoder.ts')).EndpointEncoder.open(spec)
}
