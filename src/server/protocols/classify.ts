/** `/classify` as vLLM (`input` or `messages`) and SGLang (`text`) answer it, and `/v1/classify`, which both share. */
import { z } from 'zod'
import type { Call, Reply, Route } from '../route.ts'
import { parseBody } from './parse-body.ts'
import {
  activationFields,
  chatRow,
  inputFields,
  inputRows,
  inputSchema,
  isActivated,
  modelName,
  modelSchema,
  noUsage,
  rewardValues,
  secondsNow,
  textsOf,
  usageSchema,
  vllmError,
} from './reward-model.ts'

const vllmRequest = z.looseObject({ ...inputFields, ...activationFields })
const sglangRequest = z.looseObject({ model: modelSchema, text: inputSchema, ...activationFields })

const vllmResponse = z.object({
  id: z.string(),
  object: z.literal('list'),
  created: z.int(),
  model: z.string(),
  data: z.array(
    z.object({
      index: z.int(),
      label: z.string(),
      probs: z.array(z.number()).describe('the reward alone'),
      num_classes: z.int(),
    }),
  ),
  usage: usageSchema,
})

const sglangItem = z.object({
  embedding: z.array(z.number()).describe('the reward alone'),
  meta_info: z.object({ id: z.string(), prompt_tokens: z.int(), cached_tokens: z.int() }),
})

async function vllm(body: unknown, call: Call): Promise<Reply> {
  const request = parseBody(vllmRequest, body)
  const { batch, values } = await rewardValues(call, 'classify', inputRows(request), isActivated(request))
  return {
    body: {
      id: `classify-${batch}`,
      object: 'list',
      created: secondsNow(),
      model: modelName(call, request.model),
      data: values.map((value, index) => ({ index, label: 'LABEL_0', probs: [value], num_classes: 1 })),
      usage: noUsage,
    },
  }
}

async function sglang(body: unknown, call: Call): Promise<Reply> {
  const request = parseBody(sglangRequest, body)
  const rows = textsOf(request.text, 'text').map(chatRow)
  const { batch, values } = await rewardValues(call, 'classify', rows, isActivated(request))
  const items = values.map((value, index) => ({
    embedding: [value],
    meta_info: { id: `${batch}-${index}`, prompt_tokens: 0, cached_tokens: 0 },
  }))
  return { body: typeof request.text === 'string' ? items[0] : items }
}

function isSglang(body: unknown): boolean {
  return (
    body !== null &&
    typeof body === 'object' &&
    Object.hasOwn(body, 'text') &&
    !Object.hasOwn(body, 'input') &&
    !Object.hasOwn(body, 'messages')
  )
}

export const classifyRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/classify',
    protocol: 'classify',
    summary: 'A reward as a sequence classifier: vLLM’s form for input or messages, SGLang’s for text.',
    request: z.union([vllmRequest, sglangRequest]),
    response: z.union([vllmResponse, sglangItem, z.array(sglangItem)]),
    errorBody: vllmError,
    handle: (body, call) => (isSglang(body) ? sglang : vllm)(body, call),
  },
  {
    method: 'post',
    path: '/v1/classify',
    protocol: 'classify',
    summary: 'A reward as a sequence classifier, in the form of vLLM and SGLang.',
    request: vllmRequest,
    response: vllmResponse,
    errorBody: vllmError,
    handle: vllm,
  },
]
