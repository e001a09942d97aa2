/** SGLang's own `/classify`, which answers with what the model gave; `/v1/classify` would answer after a softmax. */
import { entriesInOrder } from './answer-rows.ts'
import type { Endpoint } from './endpoint.ts'

/**
 * `POST /classify` with a list of texts, which is answered by a list.
 *
 * @returns for each text its `embedding`: one number a label
 */
export async function sglangClassify(
  endpoint: Endpoint,
  model: string,
  text: readonly string[],
  abort?: AbortSignal,
): Promise<unknown[]> {
  const path = '/classify'
  const answer = await endpoint.post(path, { model, text }, abort)
  return entriesInOrder(answer, text.length, { endpoint, path }).map(({ embedding }) => embedding)
}
