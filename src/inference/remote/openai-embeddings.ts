/** `POST /v1/embeddings`, as OpenAI, vLLM and SGLang answer it. */
import { type AnswerPlace, entriesInOrder } from './answer-rows.ts'
import type { Endpoint } from './endpoint.ts'

export const EMBEDDINGS_PATH = '/v1/embeddings'

export interface EmbeddingsRequest {
  readonly model: string
  readonly input: readonly string[]
  /** base64 is exact and half as long; a server that knows only lists of numbers may answer with them all the same */
  readonly encoding_format?: 'base64' | 'float'
  readonly dimensions?: number
  /** vLLM: texts are cut to so many tokens; −1 stands for what the model takes */
  readonly truncate_prompt_tokens?: number
}

/**
 * Embeddings as the server wrote them (lists of numbers or base64), in the order of the input.
 * @throws GuerdonError ENDPOINT_FAILED
 */
export async function askEmbeddings(
  endpoint: Endpoint,
  request: EmbeddingsRequest,
  abort?: AbortSignal,
): Promise<unknown[]> {
  const place: AnswerPlace = { endpoint, path: EMBEDDINGS_PATH }
  const answer = (await endpoint.post(EMBEDDINGS_PATH, request, abort)) as { data?: unknown } | null
  return entriesInOrder(answer?.data, request.input.length, place).map(({ embedding }) => embedding)
}
