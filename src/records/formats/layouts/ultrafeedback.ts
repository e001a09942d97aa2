/** UltraFeedback: four rated completions a prompt, and the pairs that were made of them (binarized). */
import type { ErrorPlace } from '../../error.ts'
import { completionText, type Message, type Text } from '../../rollout.ts'
import {
  defined,
  type Fields,
  missing,
  otherFields,
  readId,
  readNumber,
  readObject,
  readString,
  readText,
  textForm,
  wrongForm,
} from '../fields.ts'
import { column, hasAll, type Layout } from '../layout.ts'
import { scoresOf } from './trl.ts'

const binarizedColumns = {
  prompt: column.string,
  prompt_id: column.optionalString,
  chosen: column.text,
  rejected: column.text,
  messages: column.optionalJson,
  score_chosen: column.number,
  score_rejected: column.number,
}

/** The conversation without its prompt: what follows the first user message, when the conversation repeats it. */
function withoutPrompt(text: Text, field: string, where: ErrorPlace): Text {
  if (typeof text === 'string') return text
  const asked = text.findIndex((message) => message.role === 'user')
  const reply = text.slice(asked + 1)
  if (reply.length === 0) throw wrongForm(where, field, text, `${textForm} that ends with a reply`)
  return reply
}

export const ultrafeedbackBinarized: Layout<'preference'> = {
  name: 'ultrafeedback-binarized',
  record: 'preference',
  columns: binarizedColumns,
  matches: (columns) => hasAll(columns, 'prompt', 'prompt_id', 'chosen', 'rejected', 'score_chosen'),
  /** rows with equal scores or equal texts are kept as ties */
  parse(row, where) {
    const chosen = withoutPrompt(readText(row, 'chosen', where), 'chosen', where)
    const rejected = withoutPrompt(readText(row, 'rejected', where), 'rejected', where)
    readNumber(row, 'score_chosen', where)
    readNumber(row, 'score_rejected', where)
    const scores = scoresOf(row, where)
    const tie = scores?.chosen === scores?.rejected || completionText(chosen) === completionText(rejected)
    return {
      id: readId(row, 'prompt_id', where),
      prompt: readString(row, 'prompt', where),
      chosen,
      rejected,
      ...(tie ? { tie } : {}),
      ...defined({ scores, metadata: otherFields(row, binarizedColumns) }),
      source: 'ultrafeedback-binarized',
    }
  },
}

/** A rating as UltraFeedback writes it: a string of digits, or "N/A" for none. */
function ratingOf(value: unknown, field: string, where: ErrorPlace): number | undefined {
  if (value === undefined || value === null || value === 'N/A') return undefined
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value)) return Number(value)
  throw wrongForm(where, field, value, 'a number as a string, or "N/A"')
}

const aspects = ['instruction_following', 'honesty', 'truthfulness', 'helpfulness'] as const

/** Ratings by aspect. The key of a list of annotations (helpfulness is rated twice) is its first entry's. */
function aspectRatings(
  completion: Fields,
  at: string,
  where: ErrorPlace,
): Record<string, number | undefined> {
  const annotations = readObject(completion, 'annotations', { ...where, field: at })
  const ratings: Record<string, number | undefined> = {}
  for (const aspect of aspects) {
    const found = annotations[aspect]
    if (found === undefined || found === null) continue
    const annotation: unknown = Array.isArray(found) ? found[0] : found
    const field = `${at}.annotations.${aspect}`
    if (annotation === null || typeof annotation !== 'object') {
      throw wrongForm(where, field, found, 'an object with "Rating"')
    }
    ratings[aspect] = ratingOf((annotation as Fields).Rating, `${field}.Rating`, where)
  }
  return ratings
}

export const ultrafeedback: Layout<'rating'> = {
  name: 'ultrafeedback',
  record: 'rating',
  columns: {
    source: column.optionalString,
    instruction: column.string,
    models: column.optionalJson,
    completions: column.json,
    correct_answers: column.optionalJson,
    incorrect_answers: column.optionalJson,
  },
  matches: (columns) => hasAll(columns, 'instruction', 'completions'),
  /** one rating a completion; a prompt's custom system prompt comes before its instruction */
  parse(row, where) {
    const instruction = readString(row, 'instruction', where)
    const category = readString.optional(row, 'source', where)
    return readObject.list(row, 'completions', where).map((completion, index) => {
      const at = `completions[${index}]`
      if (typeof completion.response !== 'string') {
        throw completion.response === undefined || completion.response === null
          ? missing(where, `${at}.response`, completion, 'a string')
          : wrongForm(where, `${at}.response`, completion.response, 'a string')
      }
      const system = completion.custom_system_prompt
      const prompt: Text =
        typeof system === 'string' && system !== ''
          ? ([
              { role: 'system', content: system },
              { role: 'user', content: instruction },
            ] satisfies Message[])
          : instruction
      const ratings = aspectRatings(completion, at, where)
      ratings.overall_score = ratingOf(completion.overall_score, `${at}.overall_score`, where)
      ratings['fine-grained_score'] = ratingOf(
        completion['fine-grained_score'],
        `${at}.fine-grained_score`,
        where,
      )
      return {
        id: `row-${where.line ?? 1}-${index}`,
        prompt,
        completion: completion.response,
        ratings,
        ...(category === undefined ? {} : { category }),
        source: 'ultrafeedback',
        metadata: defined({ model: completion.model, principle: completion.principle }),
      }
    })
  },
}
