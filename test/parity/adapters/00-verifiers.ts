/** Vectors of card 00-verifiers: the trainers' dialects, and the product's own verifier against the truth. */
import { equalPrm800k } from '../../../src/signals/verifiers/dialects/prm800k.ts'
import { equivalent } from '../../../src/signals/verifiers/math/equivalent.ts'
import { extractAnswer } from '../../../src/signals/verifiers/math/extract-answer.ts'
import { EXTRACTION_RULES } from '../../../src/signals/verifiers/math/extraction-rules.ts'
import { ofCard } from './one-card.ts'
import { dialectColumns, functions as dialects } from './parts/dialects.ts'
import { functions as shaping } from './parts/shaping.ts'

/** A text, or the parts it is joined from. */
type LongText = string | { readonly parts: readonly { readonly text: string; readonly repeat: number }[] }

const joined = (text: LongText): string =>
  typeof text === 'string' ? text : text.parts.map(({ text: part, repeat }) => part.repeat(repeat)).join('')

const isEqual = (gold: string, answer: string): boolean => equivalent(gold, answer).verdict === 'equal'
const columns = dialectColumns(equalPrm800k)

export const functions = {
  ...ofCard('00-verifiers', dialects, shaping),
  equivalent: (input: { gold: string; answer: string }) => ({
    ...columns.equivalent(input),
    truth: isEqual(input.gold, input.answer),
  }),
  'score-completion': (input: { gold: string; completion: string }) => {
    const answer = extractAnswer(input.completion, { rules: EXTRACTION_RULES })
    return {
      ...columns.scoreCompletion(input),
      finalAnswerIsRight: answer !== undefined && isEqual(input.gold, answer.text),
    }
  },
  'equivalent-bounded': ({ gold, answer }: { gold: LongText; answer: LongText }) => ({
    truth: isEqual(joined(gold), joined(answer)),
  }),
  'extract-bounded': ({ completion }: { completion: LongText }) => ({
    answer: extractAnswer(joined(completion), { rules: EXTRACTION_RULES })?.text ?? null,
  }),
}
