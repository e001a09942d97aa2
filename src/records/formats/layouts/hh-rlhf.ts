/** Anthropic's helpful and harmless pairs: two transcripts that share all but the last reply. */
import type { Message } from '../../rollout.ts'
import { readString, wrongForm } from '../fields.ts'
import { column, hasAll, type Layout, LeftOut } from '../layout.ts'

const assistant = '\n\nAssistant:'
const turn = /\n\n(Human|Assistant): ?/g

/** Whether a value is a transcript of Human and Assistant turns. */
export function looksLikeTranscript(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('\n\nHuman:') && value.includes(assistant)
}

/**
 * A transcript as messages; Human becomes user.
 *
 * @example transcriptMessages('\n\nHuman: Hi') // [{ role: 'user', content: 'Hi' }]
 */
export function transcriptMessages(transcript: string): Message[] {
  const parts = transcript.split(turn)
  const messages: Message[] = []
  for (let index = 1; index < parts.length; index += 2) {
    const role = parts[index] === 'Human' ? 'user' : 'assistant'
    messages.push({ role, content: parts[index + 1]! })
  }
  return messages
}

/**
 * One transcript a completion, cut at the last "Assistant:". Rows whose two prompts differ (a few in every file) are
 * left out and counted; empty replies are kept as empty completions.
 */
export const hhRlhf: Layout<'preference'> = {
  name: 'hh-rlhf',
  record: 'preference',
  columns: { chosen: column.string, rejected: column.string },
  matches: (columns, sample) =>
    hasAll(columns, 'chosen', 'rejected') && !columns.has('prompt') && looksLikeTranscript(sample?.chosen),
  parse(row, where) {
    const [chosen, rejected] = (['chosen', 'rejected'] as const).map((field) => {
      const transcript = readString(row, field, where)
      const cut = transcript.lastIndexOf(assistant)
      if (cut === -1 || !transcript.startsWith('\n\nHuman:')) {
        throw wrongForm(
          where,
          field,
          transcript,
          'a transcript of "\\n\\nHuman:" and "\\n\\nAssistant:" turns',
        )
      }
      return { prompt: transcript.slice(0, cut), reply: transcript.slice(cut + assistant.length).trim() }
    })
    if (chosen!.prompt !== rejected!.prompt) return new LeftOut('the prompts of chosen and rejected differ')
    return {
      id: `row-${where.line ?? 1}`,
      prompt: transcriptMessages(chosen!.prompt),
      chosen: chosen!.reply,
      rejected: rejected!.reply,
      source: 'hh-rlhf',
      ...(chosen!.reply === rejected!.reply ? { tie: true } : {}),
    }
  },
}
