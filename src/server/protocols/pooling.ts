/** vLLM's `/pooling` for the task `classify`: the reward of each text. */
import { z } from 'zod'
import { GuerdonError } from '../../records/error.ts'
import type { Call, Reply, Route } from '../route.ts'
import { encodeNumber, encodingSchema } from './embeddings.ts'
import { parseBody } from './parse-body.ts'
import {
  activationFields,
  inputFields,
  inputRows,
  isActivated,
  modelName,
  noUsage,
  rewardValues,
  secondsNow,
  usageSchema,
  vllmError,
} from './reward-model.ts'

const requestSchema = z.looseObject({
  ...inputFields,
  ...activationFields,
  task: z.string().nullish().describe('classify; other tasks are refused'),
  encoding_format: encodingSchema,
})

const responseSchema = z.object({
  id: z.string(),
  object: z.literal('list'),
  created: z.int(),
  model: z.string(),
  data: z.array(
    z.object({
      index: z.int(),
      object: z.literal('pooling'),
      data: z.union([z.array(z.number()), z.string()]),
    }),
  ),
  usage: usageSchema,
})

async function pooling(body: unknown, call: Call): Promise<Reply> {
  const request = parseBody(requestSchema, body)
  const { task } = request
  if (task !== undefined && task !== null && task !== 'classify') {
    throw new GuerdonError('DATA_FIELD_INVALID', 'names a task that a reward does not do', {
      where: { field: 'task' },
      found: task,
      expected: '"classify"',
    })
  }
  const { batch, values } = await rewardValues(call, 'pooling', inputRows(request), isActivated(request))
  return {
    body: {
      id: `pool-${batch}`,
      object: 'list',
      created: secondsNow(),
      model: modelName(call, request.model),
      data: values.map((value, index) => ({
        index,
        object: 'pooling',
        data: encodeNumber(value, request.encoding_format),
      })),
      usage: noUsage,
    },
  }
}

export const poolingRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/pooling',
    protocol: 'pooling',
    summary: 'vLLM pooling, task classify: the reward of each text.',
    request: requestSchema,
    response: responseSchema,
    errorBody: vllmError,
    handle: pooling,
  },
]
