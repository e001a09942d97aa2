/** The name of the model that a server of the OpenAI kind serves. */
import type { Endpoint } from './endpoint.ts'

const PATH = '/v1/models'

/**
 * The only model that `GET /v1/models` lists.
 * @throws GuerdonError ENDPOINT_FAILED when it lists none or several: then the spec has to say which
 */
export async function servedModel(endpoint: Endpoint): Promise<string> {
  const answer = (await endpoint.get(PATH)) as { data?: { id?: unknown }[] } | null
  const names = Array.isArray(answer?.data) ? answer.data.map((entry) => entry?.id) : []
  if (names.length === 1 && typeof names[0] === 'string') return names[0]
  throw endpoint.failure(PATH, 'the endpoint does not serve exactly one model', {
    found: names,
    hint: 'Name one with model',
  })
}
