/** `/v1/embeddings`: the reward as an embedding of one number, as SGLang serves reward models. */
import { z } from 'zod'
import type { Call, Reply, Route } from '../route.ts'
import { parseBody } from './parse-body.ts'
import {
  activationFields,
  inputFields,
  inputRows,
  isActivated,
  modelName,
  noUsage,
  rewardValues,
  usageSchema,
  vllmError,
} from './reward-model.ts'

export const encodingSchema = z
  .enum(['float', 'base64'])
  .nullish()
  .describe('base64: 32-bit floats, little-endian')

const requestSchema = z.looseObject({ ...inputFields, ...activationFields, encoding_format: encodingSchema })

const responseSchema = z.object({
  object: z.literal('list'),
  model: z.string(),
  data: z.array(
    z.object({
      object: z.literal('embedding'),
      index: z.int(),
      embedding: z.union([z.array(z.number()), z.string()]),
    }),
  ),
  usage: usageSchema,
})

/** A vector of one number as it is sent: a list, or base64 of its 32-bit little-endian float. */
export function encodeNumber(value: number, encoding: z.output<typeof encodingSchema>): number[] | string {
  if (encoding !== 'base64') return [value]
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return bytes.toString('base64')
}

async function embeddings(body: unknown, call: Call): Promise<Reply> {
  const request = parseBody(requestSchema, body)
  const { values } = await rewardValues(call, 'embeddings', inputRows(request), isActivated(request))
  return {
    body: {
      object: 'list',
      model: modelName(call, request.model),
      data: values.map((value, index) => ({
        object: 'embedding',
        index,
        embedding: encodeNumber(value, request.encoding_format),
      })),
      usage: noUsage,
    },
  }
}

export const embeddingsRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/v1/embeddings',
    protocol: 'embeddings',
    summary: 'The reward of each text as an embedding of one number.',
    request: requestSchema,
    response: responseSchema,
    errorBody: vllmError,
    handle: embeddings,
  },
]
