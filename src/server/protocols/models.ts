/** `/v1/models`: the served reward as the one model there is. */
import { z } from 'zod'
import type { Call, Reply, Route } from '../route.ts'
import { secondsNow, vllmError } from './reward-model.ts'

const responseSchema = z.object({
  object: z.literal('list'),
  data: z.array(
    z.object({
      id: z.string(),
      object: z.literal('model'),
      created: z.int(),
      owned_by: z.string(),
      root: z.string(),
      parent: z.null(),
    }),
  ),
})

async function models(_body: unknown, { service }: Call): Promise<Reply> {
  const { name } = service.reward
  const model = {
    id: name,
    object: 'model',
    created: secondsNow(),
    owned_by: 'guerdon',
    root: name,
    parent: null,
  }
  return { body: { object: 'list', data: [model] } }
}

export const modelsRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/v1/models',
    protocol: 'models',
    summary: 'The served reward, listed as a model.',
    response: responseSchema,
    errorBody: vllmError,
    handle: models,
  },
]
