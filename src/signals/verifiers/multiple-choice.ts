/**
 * Whether the chosen letter is the right one. Range {0, 1}. Looks in the answer tag, the last box, after the last
 * `answer is`, and last of all for the last letter that stands alone.
 */
import { z } from 'zod'
import { defineSignal } from '../../kinds/signal.ts'
import { byReference } from '../by-completion.ts'
import { closingBrace } from './dialects/boxed.ts'
import { lastTagContent } from './dialects/search-r1.ts'

export interface Choice {
  readonly letter: string
  readonly rule: 'answer-tag' | 'boxed' | 'answer-is' | 'letter'
}

const announcing = /answer\s{0,20}(?:is|:)|(?:choice|option)\s{0,20}(?:is|:)/gi

/** The letter of a short text such as `B`, `(B)`, `**B.**`, `\text{B}` or `B) because …`; undefined for other texts. */
function leadingLetter(text: string, letters: string): string | undefined {
  const match =
    /^[\s:*$({[]*(?:\\(?:text|textbf|mathrm|mathbf)\{\s*)?[({[*]*([A-Za-z])(?![A-Za-z0-9'’])/.exec(text)
  const letter = match?.[1]?.toUpperCase()
  return letter !== undefined && letters.includes(letter) ? letter : undefined
}

function lastBox(completion: string): string | undefined {
  const start = completion.lastIndexOf('\\boxed{')
  const end = start === -1 ? -1 : closingBrace(completion, start)
  return end === -1 ? undefined : completion.slice(start + 7, end)
}

/** The last upper-case letter between non-letters; A before a lower-case word is taken for the article and skipped. */
function lastLetter(completion: string, letters: string): string | undefined {
  for (let index = completion.length - 1; index >= 0; index--) {
    const letter = completion[index]!
    if (!letters.includes(letter)) continue
    const before = completion[index - 1] ?? ' '
    const after = completion[index + 1] ?? ' '
    if (!/[\s(*[{"'$:]/.test(before) || !/[\s)\]}*.,:;!?"'$]/.test(after)) continue
    if (letter === 'A' && /^ [a-z]/.test(completion.slice(index + 1, index + 3))) continue
    return letter
  }
  return undefined
}

/**
 * The letter a completion chooses and the rule that found it; undefined when none does.
 *
 * @example extractChoice('It cannot be A. The answer is (C).', 'ABCD') // { letter: 'C', rule: 'answer-is' }
 */
export function extractChoice(completion: string, letters: string): Choice | undefined {
  const tag = lastTagContent(completion, 'answer')
  const tagged = tag === undefined ? undefined : leadingLetter(tag, letters)
  if (tagged !== undefined) return { letter: tagged, rule: 'answer-tag' }
  const box = lastBox(completion)
  const boxed = box === undefined ? undefined : leadingLetter(box, letters)
  if (boxed !== undefined) return { letter: boxed, rule: 'boxed' }
  let announced: string | undefined
  for (const match of completion.matchAll(announcing)) {
    const from = match.index + match[0].length
    announced = leadingLetter(completion.slice(from, from + 40), letters) ?? announced
  }
  if (announced !== undefined) return { letter: announced, rule: 'answer-is' }
  const alone = lastLetter(completion, letters)
  return alone === undefined ? undefined : { letter: alone, rule: 'letter' }
}

export const multipleChoice = defineSignal({
  name: 'multiple-choice',
  summary: 'Whether the letter the completion chooses is the right one.',
  range: '{0, 1}',
  grain: 'rollout',
  aliases: ['choice', 'mcq', 'MMLU', 'GPQA'],
  parameters: z.object({
    letters: z
      .string()
      .regex(/^[A-Z]{2,26}$/)
      .default('ABCDE')
      .describe('the upper-case letters that count as choices'),
  }),
  examples: [
    {
      title: 'boxed, announced, alone, and no choice at all',
      input: {
        rollouts: [
          { completion: 'so \\boxed{\\text{B}}', reference: 'B' },
          { completion: 'Not A. The answer is (C).', reference: 'C' },
          { completion: 'I would go with D.', reference: 'A' },
          { completion: 'no idea', reference: '(A)' },
        ],
      },
      result: [1, 1, 0, 0],
    },
    {
      title: 'a reference that is no letter',
      input: { rollouts: [{ completion: 'B', reference: '42' }] },
      result: [null],
    },
  ],
  score: (batch, { letters }) =>
    byReference(batch, (completion, references) => {
      const right = references.map((reference) => leadingLetter(reference, letters))
      if (right.every((letter) => letter === undefined))
        return `no reference is one of the letters ${letters}`
      const choice = extractChoice(completion, letters)
      return choice !== undefined && right.includes(choice.letter) ? 1 : 0
    }),
})
