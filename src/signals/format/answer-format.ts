/**
 * Whether a completion is a reasoning block and an answer block, each on lines of its own. Range {0, 1}. The strict
 * R1 layout; text may follow on later lines.
 */
import { z } from 'zod'
import { defineSignal } from '../../kinds/signal.ts'
import { byCompletion } from '../by-completion.ts'

const opening = '<think>\n'
const middle = '\n</think>\n<answer>\n'
const closing = '\n</answer>'

/** Whether `\n</answer>` stands at the end of a line at or after a position. */
function closesAtLineEnd(text: string, from: number): boolean {
  for (let at = text.indexOf(closing, from); at !== -1; at = text.indexOf(closing, at + 1)) {
    const after = at + closing.length
    if (after === text.length || text[after] === '\n') return true
  }
  return false
}

/**
 * Whether a text starts with `<think>⏎…⏎</think>⏎<answer>⏎…⏎</answer>`, the last tag ending its line; with a language
 * the answer also has to hold a fenced block of it.
 * Source: open-r1 `rewards.py`, `format_reward` and `get_code_format_reward`.
 *
 * @example hasAnswerFormat('<think>\n2 + 2\n</think>\n<answer>\n4\n</answer>') // true
 */
export function hasAnswerFormat(completion: string, language?: string): boolean {
  if (!completion.startsWith(opening)) return false
  const join = completion.indexOf(middle, opening.length)
  if (join === -1) return false
  let from = join + middle.length
  if (language !== undefined) {
    const fence = completion.indexOf(`\`\`\`${language}`, from)
    if (fence === -1) return false
    const end = completion.indexOf('```', fence + 3 + language.length)
    if (end === -1) return false
    from = end + 3
  }
  return closesAtLineEnd(completion, from)
}

export const answerFormat = defineSignal({
  name: 'answer-format',
  summary: 'Whether the completion is a reasoning block and an answer block on lines of their own.',
  paper: {
    slug: '00-verifiers',
    title: 'Rule-based rewards',
    source: 'open-r1 format_reward, code_format_reward',
  },
  formula: '1 if the text starts with <think>⏎…⏎</think>⏎<answer>⏎…⏎</answer> and a line end, else 0',
  range: '{0, 1}',
  grain: 'rollout',
  aliases: ['format reward', 'format', 'format_reward', 'code_format_reward', 'R1 format'],
  parameters: z.object({
    language: z
      .string()
      .regex(/^[A-Za-z0-9+#_-]+$/)
      .optional()
      .describe('when given, the answer must hold a fenced block whose tag starts with this language'),
  }),
  examples: [
    {
      title: 'the layout and the same on one line',
      input: {
        rollouts: [
          { completion: '<think>\n2 + 2\n</think>\n<answer>\n4\n</answer>' },
          { completion: '<think>2 + 2</think><answer>4</answer>' },
        ],
      },
      result: [1, 0],
    },
    {
      title: 'an answer in code',
      parameters: { language: 'python' },
      input: {
        rollouts: [
          { completion: '<think>\na\n</think>\n<answer>\n```python\nprint(4)\n```\n</answer>' },
          { completion: '<think>\na\n</think>\n<answer>\n4\n</answer>' },
        ],
      },
      result: [1, 0],
    },
  ],
  score: (batch, { language }) =>
    byCompletion(batch, (completion) => (hasAnswerFormat(completion, language) ? 1 : 0)),
})
