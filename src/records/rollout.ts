/**
 * A rollout: one completion of one prompt, as a trainer logged it, with the checks that turn untrusted JSON into one.
 */
import { createHash } from 'node:crypto'
import { type ErrorPlace, GuerdonError, show } from './error.ts'

export interface MessagePart {
  readonly type: string
  readonly text?: string
  readonly [field: string]: unknown
}

export interface Message {
  readonly role: string
  readonly content: string | readonly MessagePart[] | null
  readonly [field: string]: unknown
}

/** A text is a string or a list of chat messages. */
export type Text = string | readonly Message[]

/** One step of a trajectory: what was written, how many tokens it has, and whether a tool wrote it. */
export interface Step {
  readonly text: string
  readonly tokens?: number
  readonly tool?: boolean
}

export interface Rollout {
  readonly id: string
  /** rollouts with the same group answer the same prompt */
  readonly group: string
  readonly prompt: Text
  readonly completion: Text
  readonly reference?: string | readonly string[]
  readonly steps?: readonly Step[]
  /** the completion's token ids */
  readonly tokens?: readonly number[]
  /** log-probability of each completion token under the policy that wrote it */
  readonly logprobs?: readonly number[]
  /** log-probability of each completion token under the reference policy */
  readonly referenceLogprobs?: readonly number[]
  /** completions of the same prompt to compare with (for example sampled from the SFT policy) */
  readonly referenceCompletions?: readonly string[]
  /** stored scores of reference completions: signal name → scores */
  readonly referenceScores?: Readonly<Record<string, readonly number[]>>
  readonly finishReason?: string
  /** training step at which the policy wrote it */
  readonly step?: number
  readonly user?: string
  readonly category?: string
  readonly columns?: Readonly<Record<string, number | string | boolean | null>>
  readonly metadata?: Readonly<Record<string, unknown>>
}

/** The text of a message: its string content, or its text parts joined. */
function messageText(message: Message): string {
  if (typeof message.content === 'string') return message.content
  // A message of tool calls alone may come without a content.
  if (!Array.isArray(message.content)) return ''
  return message.content.map((part) => (typeof part.text === 'string' ? part.text : '')).join('')
}

/**
 * The plain text of a completion or a prompt. A completion in messages is its last assistant message; a prompt in
 * messages is all of them, one `role: content` a line.
 *
 * @example completionText([{ role: 'assistant', content: '42' }]) // '42'
 */
export function completionText(completion: Text): string {
  if (typeof completion === 'string') return completion
  for (let index = completion.length - 1; index >= 0; index--) {
    if (completion[index]!.role === 'assistant') return messageText(completion[index]!)
  }
  return completion.length > 0 ? messageText(completion[completion.length - 1]!) : ''
}

export function promptText(prompt: Text): string {
  if (typeof prompt === 'string') return prompt
  return prompt.map((message) => `${message.role}: ${messageText(message)}`).join('\n')
}

/** The references of a rollout as a list; empty when it has none. */
export function referencesOf(rollout: Rollout): readonly string[] {
  if (rollout.reference === undefined) return []
  return typeof rollout.reference === 'string' ? [rollout.reference] : rollout.reference
}

/** How long a completion is: its token ids, else the column `completion_tokens`; undefined when neither is known. */
export function tokenCount(rollout: Pick<Rollout, 'tokens' | 'columns'>): number | undefined {
  if (rollout.tokens !== undefined) return rollout.tokens.length
  const logged = rollout.columns?.completion_tokens
  return typeof logged === 'number' ? logged : undefined
}

/** A short digest of a prompt, the group of rollouts that name none. */
export function promptDigest(prompt: Text): string {
  return createHash('sha256')
    .update(typeof prompt === 'string' ? prompt : JSON.stringify(prompt))
    .digest('hex')
    .slice(0, 16)
}

function invalid(where: ErrorPlace, field: string, found: unknown, expected: string): never {
  throw new GuerdonError('DATA_FIELD_INVALID', 'has the wrong form', {
    where: { ...where, field },
    found,
    expected,
  })
}

function isText(value: unknown): value is Text {
  if (typeof value === 'string') return true
  if (!Array.isArray(value)) return false
  for (const message of value) {
    if (message === null || typeof message !== 'object' || typeof message.role !== 'string') return false
    const { content } = message
    if (typeof content === 'string' || content === null) continue
    if (content === undefined && Array.isArray(message.tool_calls)) continue
    if (
      !Array.isArray(content) ||
      content.some((part) => part === null || typeof part !== 'object' || typeof part.type !== 'string')
    ) {
      return false
    }
  }
  return true
}

function isNumberList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'number' && Number.isFinite(entry))
}

const textForm = 'a string or a list of {"role", "content"} messages'

type Fields = Record<string, unknown>

function textField(row: Fields, field: string, where: ErrorPlace): Text {
  const value = row[field]
  if (value === undefined) {
    const near =
      field === 'completion'
        ? ['response', 'output', 'answer', 'solution']
        : ['question', 'input', 'instruction', 'query']
    const other = near.find((name) => name in row)
    throw new GuerdonError('DATA_FIELD_MISSING', 'is missing; a rollout needs "prompt" and "completion"', {
      where: { ...where, field },
      found: Object.keys(row).join(', '),
      ...(other === undefined ? {} : { hint: `Did you mean --map ${field}=${other}?` }),
    })
  }
  return isText(value) ? value : invalid(where, field, value, textForm)
}

function numberLists(value: unknown, field: string, where: ErrorPlace): Record<string, number[]> {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    invalid(where, field, value, 'an object of number lists')
  for (const [name, list] of Object.entries(value)) {
    if (!isNumberList(list)) invalid(where, `${field}.${name}`, list, 'a list of finite numbers')
  }
  return value as Record<string, number[]>
}

function stepsField(value: unknown, where: ErrorPlace): Step[] {
  if (!Array.isArray(value))
    invalid(where, 'steps', value, 'a list of strings or of {"text", "tokens", "tool"}')
  return value.map((step, index) => {
    if (typeof step === 'string') return { text: step }
    const field = `steps[${index}]`
    if (step === null || typeof step !== 'object' || typeof step.text !== 'string')
      invalid(where, field, step, 'a string or {"text"}')
    if (step.tokens !== undefined && !(Number.isInteger(step.tokens) && step.tokens >= 0)) {
      invalid(where, `${field}.tokens`, step.tokens, 'a whole number of tokens')
    }
    if (step.tool !== undefined && typeof step.tool !== 'boolean')
      invalid(where, `${field}.tool`, step.tool, 'true or false')
    return step as Step
  })
}

function columnsField(value: unknown, where: ErrorPlace): Record<string, number | string | boolean | null> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    invalid(where, 'columns', value, 'an object of numbers, strings and booleans')
  }
  for (const name in value) {
    const entry = (value as Fields)[name]
    const kind = typeof entry
    if (kind !== 'number' && kind !== 'string' && kind !== 'boolean' && entry !== null) {
      invalid(where, `columns.${name}`, entry, 'a number, a string or a boolean')
    }
  }
  return value as Record<string, number | string | boolean | null>
}

function stringField(row: Fields, field: string, where: ErrorPlace): string | undefined {
  const value = row[field]
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : invalid(where, field, value, 'a string')
}

/** Ids may be strings or whole numbers in the wild; both are kept as strings. */
function idField(row: Fields, field: string, where: ErrorPlace): string | undefined {
  const value = row[field]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  return typeof value === 'number' && Number.isFinite(value)
    ? String(value)
    : invalid(where, field, value, 'a string')
}

function numbersField(row: Fields, field: string, where: ErrorPlace): number[] | undefined {
  const value = row[field]
  if (value === undefined || value === null) return undefined
  return isNumberList(value) ? value : invalid(where, field, value, 'a list of finite numbers')
}

function referenceField(value: unknown, where: ErrorPlace): string | string[] | undefined {
  if (value === undefined || value === null) return undefined
  // Labels arrive as numbers from several trainers; they are compared as text.
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value
  return invalid(where, 'reference', value, 'a string, a number or a list of strings')
}

/**
 * Checks one row of the `rollouts` layout and returns the rollout.
 * Missing `id` becomes the row's position in the file, missing `group` the digest of the prompt.
 * @throws GuerdonError DATA_FIELD_MISSING or DATA_FIELD_INVALID with file, line and field
 * @example parseRollout({ prompt: '2 + 2?', completion: '4' }, { line: 1 }).id // 'row-1'
 */
export function parseRollout(value: unknown, where: ErrorPlace = {}): Rollout {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new GuerdonError('DATA_FIELD_INVALID', 'is not a rollout', {
      where,
      found: value,
      expected: 'a JSON object',
    })
  }
  const row = value as Fields
  const prompt = textField(row, 'prompt', where)
  const rollout: { -readonly [Field in keyof Rollout]: Rollout[Field] } = {
    id: idField(row, 'id', where) ?? `row-${where.line ?? 1}`,
    group: idField(row, 'group', where) ?? promptDigest(prompt),
    prompt,
    completion: textField(row, 'completion', where),
  }
  const reference = referenceField(row.reference, where)
  if (reference !== undefined) rollout.reference = reference
  if (row.steps !== undefined && row.steps !== null) rollout.steps = stepsField(row.steps, where)
  const tokens = numbersField(row, 'tokens', where)
  if (tokens !== undefined) rollout.tokens = tokens
  const logprobs = numbersField(row, 'logprobs', where)
  if (logprobs !== undefined) rollout.logprobs = logprobs
  if (tokens !== undefined && logprobs !== undefined && tokens.length !== logprobs.length) {
    invalid(where, 'logprobs', `${logprobs.length} numbers`, `one number for each of ${tokens.length} tokens`)
  }
  const referenceLogprobs = numbersField(row, 'reference_logprobs', where)
  if (referenceLogprobs !== undefined) rollout.referenceLogprobs = referenceLogprobs
  if (row.reference_completions !== undefined && row.reference_completions !== null) {
    const list = row.reference_completions
    if (!Array.isArray(list) || list.some((entry) => typeof entry !== 'string')) {
      invalid(where, 'reference_completions', list, 'a list of strings')
    }
    rollout.referenceCompletions = list
  }
  if (row.reference_scores !== undefined && row.reference_scores !== null) {
    rollout.referenceScores = numberLists(row.reference_scores, 'reference_scores', where)
  }
  const finishReason = stringField(row, 'finish_reason', where)
  if (finishReason !== undefined) rollout.finishReason = finishReason
  if (row.step !== undefined && row.step !== null) {
    if (typeof row.step !== 'number' || !Number.isFinite(row.step))
      invalid(where, 'step', row.step, 'a number')
    rollout.step = row.step
  }
  const user = stringField(row, 'user', where)
  if (user !== undefined) rollout.user = user
  const category = stringField(row, 'category', where)
  if (category !== undefined) rollout.category = category
  if (row.columns !== undefined && row.columns !== null) rollout.columns = columnsField(row.columns, where)
  if (row.metadata !== undefined && row.metadata !== null) {
    if (typeof row.metadata !== 'object') invalid(where, 'metadata', show(row.metadata), 'an object')
    rollout.metadata = row.metadata as Record<string, unknown>
  }
  return rollout
}
