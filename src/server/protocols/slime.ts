/** slime's and miles' remote_rm: one rollout in, an object with `score` or, with `?scalar=1`, a bare number out. */
import { z } from 'zod'
import { GuerdonError } from '../../records/error.ts'
import type { Call, Reply, Route } from '../route.ts'
import { parseBody } from './parse-body.ts'
import { columnNamesOf, numericColumns, requiredReward, score } from './scored-answer.ts'
import { asText, labelSchema, plainRollout, textSchema } from './wire-text.ts'

const requestSchema = z.looseObject({
  prompt: textSchema,
  response: z.string(),
  label: labelSchema.optional(),
})

const responseSchema = z
  .union([z.number(), z.looseObject({ score: z.number() }).catchall(z.number())])
  .describe('an object for --reward-key score; a bare number with ?scalar=1')

function wantsNumber(call: Call): boolean {
  const scalar = call.query.get('scalar')
  if (scalar === null || scalar === '0' || scalar === 'false') return false
  if (scalar === '1' || scalar === 'true' || scalar === '') return true
  throw new GuerdonError('ARGUMENT_INVALID', 'the query parameter scalar is unknown', {
    found: scalar,
    expected: '1 or 0',
  })
}

async function slime(body: unknown, call: Call, protocol: string): Promise<Reply> {
  const bare = wantsNumber(call)
  const { prompt, response, label } = parseBody(requestSchema, body)
  const rollout = plainRollout({ prompt: asText(prompt), completion: response, label })
  const answer = await score(call, protocol, [rollout], 'single')
  const row = answer.rows[0]!
  const reward = requiredReward(row)
  if (bare) return { body: reward }
  // The reward comes last, so that a signal named score cannot stand in its place.
  return { body: { ...numericColumns(columnNamesOf(call, answer), row), score: reward } }
}

export const slimeRoutes: readonly Route[] = ['slime', 'miles'].map((protocol) => ({
  method: 'post',
  path: `/${protocol}`,
  protocol,
  summary: `${protocol} remote_rm: scores one rollout.`,
  request: requestSchema,
  response: responseSchema,
  handle: (body, call) => slime(body, call, protocol),
}))
