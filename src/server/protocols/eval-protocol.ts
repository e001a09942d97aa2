/**
 * eval-protocol's `/evaluate`, and the older `/reward`: a conversation in, a score with metrics out. A row that could
 * not be scored has `is_score_valid: false`, the protocol's own word for it, and its reason.
 */
import { z } from 'zod'
import type { GuerdonError } from '../../records/error.ts'
import { completionText } from '../../records/rollout.ts'
import type { ScoredRow } from '../../store/store.ts'
import type { Call, Reply, Route } from '../route.ts'
import { parseBody } from './parse-body.ts'
import { columnNamesOf, columnNumber, invalidReason, score } from './scored-answer.ts'
import { asMessages, cutConversation, messageSchema, plainRollout } from './wire-text.ts'

const groundTruth = z
  .unknown()
  .optional()
  .describe('a string, a number, or messages whose last one of the assistant is the reference')

const evaluateSchema = z.looseObject({
  messages: z.array(messageSchema),
  ground_truth: groundTruth,
  kwargs: z.record(z.string(), z.unknown()).nullish().describe('kept as the row’s metadata'),
})
const rewardSchema = z.looseObject({ messages: z.array(messageSchema), ground_truth: groundTruth })

const metricSchema = z.object({
  is_score_valid: z.boolean(),
  score: z.number().describe('clamped to [0, 1]; the reason has the value when it lay outside'),
  reason: z.string(),
})
const responseSchema = z.object({
  score: z.number().describe('0 and not valid when the row could not be scored'),
  is_score_valid: z.boolean(),
  reason: z.string(),
  metrics: z.record(z.string(), metricSchema),
  step_outputs: z.null(),
  error: z.string().nullable(),
  trajectory_info: z.null(),
  final_control_plane_info: z.null(),
  agg_score: z.null(),
  standard_error: z.null(),
})

/** The text of a ground truth in messages; other labels as they are. */
function labelOf(truth: unknown): unknown {
  const messages = z.array(messageSchema).min(1).safeParse(truth)
  return messages.success ? completionText(asMessages(messages.data)) : truth
}

function metricOf(name: string, row: ScoredRow): z.output<typeof metricSchema> {
  const value = columnNumber(row.columns[name])
  const why = row.reasons[name]
  if (value === null) return { is_score_valid: false, score: 0, reason: why ?? 'invalid' }
  const clamped = Math.min(1, Math.max(0, value))
  const outside = clamped === value ? '' : `its value is ${value}`
  return { is_score_valid: true, score: clamped, reason: [why, outside].filter(Boolean).join('; ') }
}

async function evaluate(
  call: Call,
  messages: z.output<typeof messageSchema>[],
  truth: unknown,
  metadata: Readonly<Record<string, unknown>>,
): Promise<Reply> {
  const row = { ...cutConversation(messages, 'messages'), label: labelOf(truth), metadata }
  const answer = await score(call, 'eval-protocol', [plainRollout(row)], 'single')
  const scored = answer.rows[0]!
  const names = columnNamesOf(call, answer)
  const valid = scored.reward !== null
  const reason = valid ? (scored.reasons.reward ?? '') : invalidReason(scored)
  return {
    body: {
      score: scored.reward ?? 0,
      is_score_valid: valid,
      reason,
      metrics: Object.fromEntries(names.map((name) => [name, metricOf(name, scored)])),
      step_outputs: null,
      error: valid ? null : reason,
      trajectory_info: null,
      final_control_plane_info: null,
      agg_score: null,
      standard_error: null,
    },
  }
}

/** The form of an error that the protocol's servers answer. */
function detailError(error: GuerdonError): unknown {
  return { detail: error.message }
}

export const evalProtocolRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/evaluate',
    protocol: 'eval-protocol',
    summary: 'eval-protocol: scores a conversation’s last answer, with a metric for every column.',
    request: evaluateSchema,
    response: responseSchema,
    errorBody: detailError,
    handle: async (body, call) => {
      const { messages, ground_truth, kwargs } = parseBody(evaluateSchema, body)
      return evaluate(call, messages, ground_truth, kwargs ?? {})
    },
  },
  {
    method: 'post',
    path: '/reward',
    protocol: 'eval-protocol',
    summary: 'eval-protocol’s older form, with further fields beside the messages.',
    request: rewardSchema,
    response: responseSchema,
    errorBody: detailError,
    handle: async (body, call) => {
      const { messages, ground_truth, ...rest } = parseBody(rewardSchema, body)
      return evaluate(call, messages, ground_truth, rest)
    },
  },
]
