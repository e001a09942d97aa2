/**
 * What the forms of inference servers share: texts in, one number a text out, and errors as those servers write them.
 * Their answers have no place for an invalid row, so such a row fails the request with its reason.
 */
import { z } from 'zod'
import { sigmoid } from '../../numerics/sigmoid.ts'
import { GuerdonError } from '../../records/error.ts'
import type { Call } from '../route.ts'
import { splitChatText } from './chat-text.ts'
import { groupsOf, requiredReward, score } from './scored-answer.ts'
import { cutConversation, messageSchema, type PlainRow, plainRollout } from './wire-text.ts'

export const modelSchema = z
  .string()
  .nullish()
  .describe('answered back; the served reward scores whatever it says')

/** One text or several. Lists of numbers are token ids, which a reward cannot read; `textsOf` says so. */
export const inputSchema = z
  .union([z.string(), z.array(z.union([z.string(), z.number(), z.array(z.number())]))])
  .describe('one text or several, chat template applied; token ids are refused')

export const usageSchema = z.object({
  prompt_tokens: z.number(),
  total_tokens: z.number(),
  completion_tokens: z.number(),
})

/** Nothing is tokenised, so nothing is counted. */
export const noUsage = { prompt_tokens: 0, total_tokens: 0, completion_tokens: 0 }

export const activationFields = {
  use_activation: z
    .boolean()
    .nullish()
    .describe('true squeezes the reward into (0, 1) by a sigmoid; raw otherwise'),
  activation: z.boolean().nullish().describe('the older name of use_activation'),
}

export const inputFields = {
  model: modelSchema,
  input: inputSchema.optional(),
  messages: z.array(messageSchema).optional().describe('a conversation that ends with the answer to score'),
}

interface InputBody {
  readonly input?: z.output<typeof inputSchema> | undefined
  readonly messages?: z.output<typeof messageSchema>[] | undefined
}

/** Texts of an `input` field. @throws GuerdonError DATA_FIELD_INVALID for token ids */
export function textsOf(input: z.output<typeof inputSchema>, field: string): string[] {
  if (typeof input === 'string') return [input]
  return input.map((entry, index) => {
    if (typeof entry === 'string') return entry
    throw new GuerdonError('DATA_FIELD_INVALID', 'holds token ids, and a reward reads text', {
      where: { field: `${field}[${index}]` },
      found: entry,
      expected: 'a string',
    })
  })
}

/** A text of prompt and answer as a row. */
export function chatRow(text: string): PlainRow {
  return splitChatText(text)
}

/** The rows of a body with `input` or `messages`. @throws GuerdonError DATA_FIELD_MISSING when neither is there */
export function inputRows({ input, messages }: InputBody): PlainRow[] {
  if (input !== undefined) return textsOf(input, 'input').map(chatRow)
  if (messages !== undefined) return [cutConversation(messages, 'messages')]
  throw new GuerdonError('DATA_FIELD_MISSING', 'is missing', {
    where: { field: 'input' },
    expected: 'a text, several texts, or "messages"',
  })
}

export interface RewardValues {
  readonly batch: string
  /** one a row, in order */
  readonly values: number[]
}

/** The rewards of rows, squeezed into (0, 1) when asked. @throws GuerdonError ROW_INVALID or SIGNAL_FAILED for an invalid row */
export async function rewardValues(
  call: Call,
  protocol: string,
  rows: readonly PlainRow[],
  activated: boolean,
): Promise<RewardValues> {
  const answer = await score(call, protocol, rows.map(plainRollout), groupsOf(call, rows.length))
  const values = answer.rows.map((row) => {
    const reward = requiredReward(row)
    return activated ? sigmoid(reward) : reward
  })
  return { batch: answer.batch, values }
}

export function isActivated(body: {
  readonly use_activation?: boolean | null | undefined
  readonly activation?: boolean | null | undefined
}): boolean {
  return (body.use_activation ?? body.activation) === true
}

export function modelName(call: Call, model: string | null | undefined): string {
  return model ?? call.service.reward.name
}

export function secondsNow(): number {
  return Math.floor(Date.now() / 1000)
}

function errorType(status: number): string {
  if (status === 401 || status === 403) return 'AuthenticationError'
  if (status === 404) return 'NotFoundError'
  if (status === 429) return 'RateLimitError'
  return status < 500 ? 'BadRequestError' : 'InternalServerError'
}

/** vLLM's form of an error; SGLang's clients find the same fields in it. */
export function vllmError(error: GuerdonError): unknown {
  return {
    error: {
      message: error.message,
      type: errorType(error.httpStatus),
      param: error.where.field ?? null,
      code: error.httpStatus,
    },
  }
}

/** text-embeddings-inference's form of an error. */
export function teiError(error: GuerdonError): unknown {
  const { httpStatus } = error
  const type = httpStatus === 429 ? 'overloaded' : httpStatus < 500 ? 'validation' : 'backend'
  return { error: error.message, error_type: type }
}
