/** The layouts of HelpSteer2 (ratings, preferences) and HelpSteer3 (preferences). */
import type { ErrorPlace } from '../../error.ts'
import type { PreferencePair } from '../../preference.ts'
import type { Message, Text } from '../../rollout.ts'
import {
  defined,
  type Fields,
  otherFields,
  readId,
  readScale,
  readString,
  readText,
  wrongForm,
} from '../fields.ts'
import { column, hasAll, type Layout } from '../layout.ts'

const turnMark = /<extra_id_1>(User|Assistant|System)\n?/

/**
 * A HelpSteer2 prompt as messages where it holds `<extra_id_1>` turn marks (it then begins with the first user turn),
 * else as the string it is.
 *
 * @example helpSteerPrompt('Hi\n<extra_id_1>Assistant\nHello\n<extra_id_1>User\nHow are you?')
 *   // [{ role: 'user', content: 'Hi' }, { role: 'assistant', content: 'Hello' }, { role: 'user', content: 'How are you?' }]
 */
export function helpSteerPrompt(prompt: string): Text {
  if (!turnMark.test(prompt)) return prompt
  const parts = prompt.split(turnMark)
  const messages: Message[] = []
  if (parts[0]!.trim() !== '') messages.push({ role: 'user', content: parts[0]!.replace(/\n$/, '') })
  for (let index = 1; index < parts.length; index += 2) {
    messages.push({ role: parts[index]!.toLowerCase(), content: parts[index + 1]!.replace(/\n$/, '') })
  }
  // A mark without text after it only says whose turn is next.
  if (messages.at(-1)?.content === '') messages.pop()
  return messages
}

const aspects = ['helpfulness', 'correctness', 'coherence', 'complexity', 'verbosity'] as const

const ratingColumns = {
  prompt: column.string,
  response: column.string,
  helpfulness: column.number,
  correctness: column.number,
  coherence: column.number,
  complexity: column.number,
  verbosity: column.number,
}

export const helpsteer2: Layout<'rating'> = {
  name: 'helpsteer2',
  record: 'rating',
  columns: ratingColumns,
  matches: (columns) => hasAll(columns, 'prompt', 'response', 'helpfulness'),
  parse(row, where) {
    const ratings: Record<string, number> = {}
    for (const aspect of aspects) ratings[aspect] = readScale(row, aspect, 0, 4, where)
    return {
      id: `row-${where.line ?? 1}`,
      prompt: helpSteerPrompt(readString(row, 'prompt', where)),
      completion: readString(row, 'response', where),
      ratings,
      source: 'helpsteer2',
      ...defined({ metadata: otherFields(row, ratingColumns) }),
    }
  },
}

/** A pair from two responses and a signed strength: negative means that response 1 is better, 0 is a tie. */
function signedPair(
  row: Fields,
  prompt: Text,
  fields: readonly [string, string],
  strengthField: string,
  where: ErrorPlace,
): Pick<PreferencePair, 'id' | 'prompt' | 'chosen' | 'rejected' | 'strength' | 'tie'> {
  const first = readString(row, fields[0], where)
  const second = readString(row, fields[1], where)
  const signed = readScale(row, strengthField, -3, 3, where)
  const firstWins = signed <= 0
  return {
    id: readId(row, 'id', where),
    prompt,
    chosen: firstWins ? first : second,
    rejected: firstWins ? second : first,
    strength: Math.abs(signed),
    ...(signed === 0 ? { tie: true } : {}),
  }
}

const preferenceColumns = {
  id: column.optionalString,
  split: column.optionalString,
  prompt: column.string,
  response_1: column.string,
  response_2: column.string,
  preference_strength: column.number,
}

export const helpsteer2Preference: Layout<'preference'> = {
  name: 'helpsteer2-preference',
  record: 'preference',
  columns: preferenceColumns,
  matches: (columns) => hasAll(columns, 'prompt', 'response_1', 'response_2', 'preference_strength'),
  parse(row, where) {
    const prompt = helpSteerPrompt(readString(row, 'prompt', where))
    return {
      ...signedPair(row, prompt, ['response_1', 'response_2'], 'preference_strength', where),
      source: 'helpsteer2-preference',
      ...defined({ metadata: otherFields(row, { ...preferenceColumns, split: undefined }) }),
    }
  },
}

const preference3Columns = {
  id: column.optionalString,
  domain: column.optionalString,
  language: column.optionalString,
  context: column.text,
  response1: column.string,
  response2: column.string,
  overall_preference: column.number,
  individual_preference: column.optionalJson,
}
const { language: _language, individual_preference: _individual, ...known3 } = preference3Columns

export const helpsteer3Preference: Layout<'preference'> = {
  name: 'helpsteer3-preference',
  record: 'preference',
  columns: preference3Columns,
  matches: (columns) => hasAll(columns, 'context', 'response1', 'response2', 'overall_preference'),
  /** the language and the single annotators' scores with their reasons stay in the metadata */
  parse(row, where) {
    const context = readText(row, 'context', where)
    if (typeof context === 'string') throw wrongForm(where, 'context', context, 'a list of messages')
    return {
      ...signedPair(row, context, ['response1', 'response2'], 'overall_preference', where),
      source: 'helpsteer3-preference',
      ...defined({
        category: readString.optional(row, 'domain', where),
        metadata: otherFields(row, known3),
      }),
    }
  },
}
