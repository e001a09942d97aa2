/**
 * What gives a text a score, whatever does it: a sequence classifier in the ONNX format on this machine, or a reward model
 * that a server of others runs. A spec names one; `openTextScorer` opens it.
 */
import { z } from 'zod'
import { GuerdonError } from '../records/error.ts'
import { endpointFields } from './remote/endpoint.ts'

export interface ScoreOptions {
  readonly abort?: AbortSignal | undefined
  readonly progress?: ((done: number, total: number) => void) | undefined
}

export interface TextScorer {
  /** 'onnx', 'endpoint' */
  readonly name: string
  /** SHA-256 (hex) of what decides a score, as far as it is known here; see `Encoder.digest` */
  readonly digest: string
  /**
   * One score a text, in their order; higher is better where the model says so.
   * @throws GuerdonError RUN_CANCELLED, ENDPOINT_FAILED, MODEL_INVALID; never NaN
   */
  scoreTexts(texts: readonly string[], options?: ScoreOptions): Promise<Float64Array>
  /** One score a pair of texts, such as a question and its answer, for models that read them apart. */
  scorePairs?(
    firsts: readonly string[],
    seconds: readonly string[],
    options?: ScoreOptions,
  ): Promise<Float64Array>
  close(): Promise<void>
}

const label = z
  .union([z.int().min(0), z.string().min(1)])
  .optional()
  .describe('which of several labels is the score: its number from 0, or its name')

export const onnxScorerSpec = z.strictObject({
  use: z.literal('onnx'),
  model: z
    .string()
    .min(1)
    .describe('a folder, or a repository of the hub: owner/name or owner/name@revision'),
  file: z.string().min(1).optional().describe('which ONNX file of it'),
  label,
  activation: z
    .enum(['none', 'sigmoid', 'softmax'])
    .optional()
    .describe('what is done with the logits; default none'),
  specialTokens: z.boolean().optional().describe('put around a text by the tokenizer; default true'),
  maxTokens: z
    .int()
    .min(1)
    .max(1 << 20)
    .optional()
    .describe('longer texts are cut; default: what the model says'),
  truncate: z
    .enum(['left', 'right'])
    .optional()
    .describe('the side that is cut; default left, so that the end of a completion stays'),
  rowsTogether: z.int().min(1).max(4096).optional(),
  threads: z.int().min(1).max(256).optional(),
})

export const endpointScorerSpec = z.strictObject({
  use: z.literal('endpoint'),
  protocol: z.enum(['vllm', 'sglang', 'tei']),
  ...endpointFields,
  route: z
    .enum(['classify', 'pooling', 'embeddings', 'predict'])
    .optional()
    .describe('vllm: classify (default) or pooling; sglang: classify (default) or embeddings; tei: predict'),
  label,
  truncate: z
    .enum(['left', 'right'])
    .optional()
    .describe('the side on which long texts are cut; unless said, the server refuses them (vllm, tei)'),
  extra: z
    .record(z.string(), z.json())
    .optional()
    .describe('more fields of a request to vllm, for example { add_special_tokens: false }'),
})

/** What a config holds to name a scorer. */
export const textScorerSpec = z.discriminatedUnion('use', [onnxScorerSpec, endpointScorerSpec])

export type OnnxScorerSpec = z.infer<typeof onnxScorerSpec>
export type EndpointScorerSpec = z.infer<typeof endpointScorerSpec>
export type TextScorerSpec = z.infer<typeof textScorerSpec>

export interface OpenTextScorerOptions {
  /** relative model paths start here; default: the current directory */
  readonly folder?: string | undefined
  readonly offline?: boolean | undefined
  readonly progress?: ((done: number, total: number) => void) | undefined
}

/**
 * Opens the scorer that a spec names; close it when it is not needed any more.
 * @throws GuerdonError SPEC_INVALID, MODEL_MISSING, MODEL_INVALID, PACKAGE_MISSING, DOWNLOAD_FAILED, ENDPOINT_FAILED
 */
export async function openTextScorer(
  spec: TextScorerSpec,
  options: OpenTextScorerOptions = {},
): Promise<TextScorer> {
  const checked = textScorerSpec.safeParse(spec)
  if (!checked.success) {
    throw new GuerdonError(
      'SPEC_INVALID',
      `the scorer is not described well: ${z.prettifyError(checked.error)}`,
    )
  }
  if (checked.data.use === 'onnx')
    return (await import('./sequence-classifier.ts')).SequenceClassifier.open(checked.data, options)
  return (await import('./remote/endpoint-scorer.ts')).EndpointScorer.open(checked.data)
}
