/** Texts and labels as trainers send them, and how they become a rollout's prompt, completion and reference. */
import { z } from 'zod'
import { GuerdonError } from '../../records/error.ts'
import { type Message, promptDigest, type Rollout, type Text } from '../../records/rollout.ts'
import { UNNAMED } from '../scoring/scoring-service.ts'

const partSchema = z.looseObject({ type: z.string(), text: z.string().nullish() })

export const messageSchema = z.looseObject({
  role: z.string(),
  content: z.union([z.string(), z.null(), z.array(partSchema)]).optional(),
})

/** A string, or a list of chat messages. */
export const textSchema = z.union([z.string(), z.array(messageSchema)])

/** Anything JSON: trainers send strings, numbers, null and objects. */
export const labelSchema = z.unknown().describe('reference answer: a string, a number, null or any JSON')

/** Messages with a content each; one of tool calls alone gets null. */
export function asMessages(messages: readonly z.output<typeof messageSchema>[]): Message[] {
  return messages.map(
    (message) => (message.content === undefined ? { ...message, content: null } : message) as Message,
  )
}

export function asText(text: z.output<typeof textSchema>): Text {
  return typeof text === 'string' ? text : asMessages(text)
}

/**
 * A label as a reference: text stays, numbers and booleans are written out, a list of strings is several accepted
 * answers, other JSON becomes its text; null is no reference.
 *
 * @example referenceOf(42) // '42'
 */
export function referenceOf(label: unknown): string | readonly string[] | undefined {
  if (label === null || label === undefined) return undefined
  if (typeof label === 'string') return label
  if (Array.isArray(label) && label.length > 0 && label.every((entry) => typeof entry === 'string'))
    return label
  return JSON.stringify(label)
}

/** The parts of a rollout that a protocol without ids and groups knows. */
export interface PlainRow {
  readonly prompt: Text
  readonly completion: Text
  readonly label?: unknown
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** A rollout for a row that has neither id nor group: the service names it, its prompt is its group. */
export function plainRollout({ prompt, completion, label, metadata }: PlainRow): Rollout {
  const reference = referenceOf(label)
  return {
    id: UNNAMED,
    group: promptDigest(prompt),
    prompt,
    completion,
    ...(reference === undefined ? {} : { reference }),
    ...(metadata === undefined || Object.keys(metadata).length === 0 ? {} : { metadata }),
  }
}

/**
 * A conversation cut at its last assistant message: everything before is the prompt.
 * @throws GuerdonError DATA_FIELD_INVALID when no message is the assistant's
 */
export function cutConversation(
  messages: readonly z.output<typeof messageSchema>[],
  field: string,
): { readonly prompt: Message[]; readonly completion: Message[] } {
  const all = asMessages(messages)
  const last = all.findLastIndex(({ role }) => role === 'assistant')
  if (last < 0) {
    throw new GuerdonError('DATA_FIELD_INVALID', 'has no message of the assistant to score', {
      where: { field },
      expected: 'a message with "role": "assistant"',
    })
  }
  return { prompt: all.slice(0, last), completion: [all[last]!] }
}
