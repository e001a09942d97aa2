/** What vLLM's pooling models answer beside embeddings: `/classify`, `/pooling` and `/score`. */
import { type AnswerPlace, entriesInOrder } from './answer-rows.ts'
import type { Endpoint } from './endpoint.ts'

/** Fields that are sent besides model and texts, such as `add_special_tokens`. */
export type ExtraFields = Readonly<Record<string, unknown>>

async function askList(
  endpoint: Endpoint,
  path: string,
  body: object,
  rows: number,
  abort: AbortSignal | undefined,
): Promise<Record<string, unknown>[]> {
  const place: AnswerPlace = { endpoint, path }
  const answer = (await endpoint.post(path, body, abort)) as { data?: unknown } | null
  return entriesInOrder(answer?.data, rows, place)
}

/**
 * `POST /classify`: one number a label. They are asked for without an activation, so that a reward is what the model gave;
 * servers older than the field `use_activation` want `activation: false` instead, among the extra fields.
 *
 * @returns for each text its `probs`, one number a label
 */
export async function vllmClassify(
  endpoint: Endpoint,
  model: string,
  input: readonly string[],
  extra: ExtraFields = {},
  abort?: AbortSignal,
): Promise<unknown[]> {
  const body = { model, input, use_activation: false, ...extra }
  return (await askList(endpoint, '/classify', body, input.length, abort)).map(({ probs }) => probs)
}

/**
 * `POST /pooling` with a task: `classify` for one row of numbers a text, `token_classify` for one a token or step.
 *
 * @returns for each text its `data`: numbers, rows of numbers, or base64
 */
export async function vllmPooling(
  endpoint: Endpoint,
  model: string,
  input: readonly string[],
  task: 'classify' | 'token_classify',
  extra: ExtraFields = {},
  abort?: AbortSignal,
): Promise<unknown[]> {
  const body = { model, input, task, ...extra }
  return (await askList(endpoint, '/pooling', body, input.length, abort)).map(({ data }) => data)
}

/** `POST /score`: one number for each pair of texts. */
export async function vllmScore(
  endpoint: Endpoint,
  model: string,
  firsts: readonly string[],
  seconds: readonly string[],
  extra: ExtraFields = {},
  abort?: AbortSignal,
): Promise<unknown[]> {
  const body = { model, text_1: firsts, text_2: seconds, ...extra }
  return (await askList(endpoint, '/score', body, firsts.length, abort)).map(({ score }) => score)
}
