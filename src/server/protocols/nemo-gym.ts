/**
 * NeMo-Gym's resource server: `/verify` echoes the whole request and adds the reward and its components; a row that
 * could not be scored is marked as a failed judge, which the collector sets aside.
 */
import { z } from 'zod'
import { contentText, stepOf } from '../../records/formats/layouts/nemo-gym.ts'
import { type Message, promptDigest, type Rollout, type Text } from '../../records/rollout.ts'
import type { ScoredRow } from '../../store/store.ts'
import type { Call, Reply, Route } from '../route.ts'
import { UNNAMED } from '../scoring/scoring-service.ts'
import { aggregateMetrics } from './aggregate-metrics.ts'
import { parseBody } from './parse-body.ts'
import { columnNamesOf, invalidReason, numericColumns, score } from './scored-answer.ts'
import { referenceOf } from './wire-text.ts'

const itemSchema = z.looseObject({ type: z.string().nullish(), role: z.string().nullish() })

const verifySchema = z.looseObject({
  responses_create_params: z.looseObject({
    input: z.union([z.string(), z.array(itemSchema)]),
    instructions: z.string().nullish(),
  }),
  response: z.looseObject({ output: z.array(itemSchema), status: z.string().nullish() }),
})

const verifiedSchema = z.looseObject({
  reward: z.number(),
  reward_components: z.record(z.string(), z.number()),
  _ng_failure_class: z.string().optional().describe('judge_failed when the row could not be scored'),
  _ng_failure_judge_error: z.string().optional(),
})

const aggregateSchema = z.looseObject({ verify_responses: z.array(z.looseObject({})) })
const metrics = z.record(z.string(), z.number())

/** Where data sets keep the reference, first found first; `verifier_metadata` is looked into under the same names. */
const referenceFields = ['expected_answer', 'answer', 'ground_truth', 'label', 'reference', 'target']
const failureFields = ['_ng_failure_class', '_ng_failure_judge_error']

type Fields = Readonly<Record<string, unknown>>

function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function findReference(row: Fields): string | readonly string[] | undefined {
  for (const place of [row, row.verifier_metadata]) {
    if (!isFields(place)) continue
    for (const field of referenceFields) {
      const reference = Object.hasOwn(place, field) ? referenceOf(place[field]) : undefined
      if (reference !== undefined) return reference
    }
  }
  return undefined
}

/** The prompt as messages; calls of tools and their results are told as text, reasoning is left out. */
function promptOf({ input, instructions }: z.output<typeof verifySchema>['responses_create_params']): Text {
  const messages: Message[] =
    typeof instructions === 'string' ? [{ role: 'system', content: instructions }] : []
  if (typeof input === 'string') {
    return messages.length === 0 ? input : [...messages, { role: 'user', content: input }]
  }
  for (const item of input) {
    if (item.type === 'reasoning') continue
    const role =
      item.role ??
      (item.type === 'function_call_output' ? 'tool' : item.type === 'function_call' ? 'assistant' : 'user')
    messages.push({ role, content: stepOf(item).text })
  }
  return messages
}

function rolloutOf(body: z.output<typeof verifySchema>): Rollout {
  const { responses_create_params, response, uuid, ...rest } = body
  const prompt = promptOf(responses_create_params)
  const said = response.output.filter(
    ({ type, role }) => type === 'message' && (role ?? 'assistant') === 'assistant',
  )
  const reference = findReference(body)
  const nested = isFields(body.verifier_metadata) ? body.verifier_metadata : {}
  return {
    id: typeof uuid === 'string' || typeof uuid === 'number' ? String(uuid) : UNNAMED,
    group: promptDigest(prompt),
    prompt,
    completion: said.map(({ content }) => contentText(content)).join(''),
    ...(reference === undefined ? {} : { reference }),
    ...(said.length === response.output.length ? {} : { steps: response.output.map(stepOf) }),
    ...(typeof response.status === 'string' ? { finishReason: response.status } : {}),
    metadata: { ...nested, ...rest },
  }
}

/** The echo with the verdict; a component never takes the place of a field that the request has. */
function verified(body: Fields, row: ScoredRow, names: readonly string[]): Fields {
  const components = numericColumns(names, row)
  const answer: Record<string, unknown> = { ...body }
  // The failure of an earlier verification is not this one's.
  for (const field of failureFields) delete answer[field]
  for (const name in components) if (!Object.hasOwn(answer, name)) answer[name] = components[name]
  answer.reward = row.reward ?? 0
  answer.reward_components = components
  if (row.reward === null) {
    answer._ng_failure_class = 'judge_failed'
    answer._ng_failure_judge_error = invalidReason(row)
  }
  return answer
}

async function verify(body: unknown, call: Call): Promise<Reply> {
  const request = parseBody(verifySchema, body)
  const answer = await score(call, 'nemo-gym', [rolloutOf(request)], 'single')
  return { body: verified(body as Fields, answer.rows[0]!, columnNamesOf(call, answer)) }
}

async function aggregate(body: unknown): Promise<Reply> {
  return { body: aggregateMetrics(parseBody(aggregateSchema, body).verify_responses) }
}

export const nemoGymRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/seed_session',
    protocol: 'nemo-gym',
    summary: 'Begins a session; a reward keeps none.',
    request: z.unknown(),
    response: z.object({}),
    handle: async () => ({ body: {} }),
  },
  {
    method: 'post',
    path: '/verify',
    protocol: 'nemo-gym',
    summary:
      'Echoes the request with its reward and components; a row that cannot be scored is a failed judge.',
    request: verifySchema,
    response: verifiedSchema,
    handle: verify,
  },
  {
    method: 'post',
    path: '/aggregate_metrics',
    protocol: 'nemo-gym',
    summary: 'Mean, least, largest, median and standard deviation of every number of verified rows.',
    request: aggregateSchema,
    response: z.object({
      agent_metrics: metrics,
      key_metrics: metrics,
      group_level_metrics: z.array(z.record(z.string(), z.unknown())),
    }),
    handle: aggregate,
  },
  {
    method: 'get',
    path: '/reverify_mode',
    protocol: 'nemo-gym',
    summary: 'Whether rows may be verified again: stateless, or unsupported when the reward keeps a state.',
    response: z.enum(['stateless', 'unsupported']),
    handle: async (_body, { service }) => ({
      body: service.reward.plan.stateful ? 'unsupported' : 'stateless',
    }),
  },
]
