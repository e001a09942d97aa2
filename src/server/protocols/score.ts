/** `/score` and `/v1/score` in vLLM's form: a query is the prompt, a document the answer. */
import { z } from 'zod'
import { GuerdonError } from '../../records/error.ts'
import type { Call, Reply, Route } from '../route.ts'
import { parseBody, sameLength } from './parse-body.ts'
import {
  activationFields,
  isActivated,
  modelName,
  modelSchema,
  noUsage,
  rewardValues,
  secondsNow,
  usageSchema,
  vllmError,
} from './reward-model.ts'

const side = z.union([z.string(), z.array(z.string())]).optional()

const requestSchema = z.looseObject({
  model: modelSchema,
  queries: side.describe('one prompt, or as many as documents'),
  documents: side.describe('the answers'),
  text_1: side,
  text_2: side,
  data_1: side,
  data_2: side,
  ...activationFields,
})

const responseSchema = z.object({
  id: z.string(),
  object: z.literal('list'),
  created: z.int(),
  model: z.string(),
  data: z.array(z.object({ index: z.int(), object: z.literal('score'), score: z.number() })),
  usage: usageSchema,
})

const spellings = [
  ['queries', 'documents'],
  ['text_1', 'text_2'],
  ['data_1', 'data_2'],
] as const

interface Pairs {
  readonly prompts: readonly string[]
  readonly completions: readonly string[]
}

/** The two sides under whichever names they came; one prompt stands for all answers. */
function pairsOf(request: z.output<typeof requestSchema>): Pairs {
  for (const [left, right] of spellings) {
    const query = request[left]
    const document = request[right]
    if (query === undefined && document === undefined) continue
    if (query === undefined || document === undefined) {
      throw new GuerdonError('DATA_FIELD_MISSING', 'is missing', {
        where: { field: query === undefined ? left : right },
        expected: `a text or several beside "${query === undefined ? right : left}"`,
      })
    }
    const completions = typeof document === 'string' ? [document] : document
    const given = typeof query === 'string' ? [query] : query
    if (given.length === 1) return { prompts: completions.map(() => given[0]!), completions }
    sameLength(left, given.length, right, completions.length)
    return { prompts: given, completions }
  }
  throw new GuerdonError('DATA_FIELD_MISSING', 'is missing', {
    where: { field: 'queries' },
    expected: '"queries" and "documents", "text_1" and "text_2", or "data_1" and "data_2"',
  })
}

async function scorePairs(body: unknown, call: Call): Promise<Reply> {
  const request = parseBody(requestSchema, body)
  if (request.items !== undefined || request.label_token_ids !== undefined) {
    throw new GuerdonError(
      'DATA_FIELD_INVALID',
      'asks for the token probabilities of a causal language model',
      {
        where: { field: request.label_token_ids === undefined ? 'items' : 'label_token_ids' },
        expected: '"queries" and "documents"; a reward has no tokens to compare',
      },
    )
  }
  const { prompts, completions } = pairsOf(request)
  const rows = completions.map((completion, index) => ({ prompt: prompts[index]!, completion }))
  const { batch, values } = await rewardValues(call, 'score', rows, isActivated(request))
  return {
    body: {
      id: `score-${batch}`,
      object: 'list',
      created: secondsNow(),
      model: modelName(call, request.model),
      data: values.map((value, index) => ({ index, object: 'score', score: value })),
      usage: noUsage,
    },
  }
}

export const scoreRoutes: readonly Route[] = ['/score', '/v1/score'].map((path) => ({
  method: 'post',
  path,
  protocol: 'score',
  summary: 'vLLM score: the reward of each pair of a query and a document.',
  request: requestSchema,
  response: responseSchema,
  errorBody: vllmError,
  handle: scorePairs,
}))
