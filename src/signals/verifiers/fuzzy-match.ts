/**
 * How close the answer is to the nearest reference in edit distance. Range [0, 1], 1 for equal. A dense signal for
 * transcription and extraction; it knows nothing of meaning.
 */
import { distance } from 'fastest-levenshtein'
import { z } from 'zod'
import { defineSignal } from '../../kinds/signal.ts'
import { byReference } from '../by-completion.ts'
import { ANSWER_PLACES, answerText } from './answer-text.ts'
import { comparableText } from './exact-match.ts'

/**
 * 1 − d / max(|a|, |b|) with the Levenshtein distance d, in UTF-16 units; 1 for two empty texts.
 *
 * @example editSimilarity('kitten', 'sitting') // 1 − 3/7
 */
export function editSimilarity(left: string, right: string): number {
  const longer = Math.max(left.length, right.length)
  return longer === 0 ? 1 : 1 - distance(left, right) / longer
}

export const fuzzyMatch = defineSignal({
  name: 'fuzzy-match',
  summary: 'Similarity to the nearest reference: one minus the edit distance over the longer length.',
  formula: 'max over references of 1 − levenshtein(answer, reference) / max(|answer|, |reference|)',
  range: '[0, 1]',
  grain: 'rollout',
  aliases: ['levenshtein', 'edit similarity', 'edit distance'],
  parameters: z.object({
    from: z
      .enum(ANSWER_PLACES)
      .default('whole')
      .describe(
        'the whole completion, its last <answer> tag, or its last \\boxed{…}; 0 when that is missing',
      ),
    case: z.enum(['sensitive', 'insensitive']).default('sensitive').describe('whether letter case matters'),
    trim: z.boolean().default(true).describe('ignore white space at both ends'),
    normalise: z
      .enum(['none', 'qa'])
      .default('none')
      .describe('qa: lower case, no punctuation, no articles, single spaces (replaces case and trim)'),
    limit: z
      .number()
      .int()
      .positive()
      .default(20_000)
      .describe(
        'longest text that is compared, in characters; longer ones are invalid, since the cost is quadratic',
      ),
  }),
  examples: [
    {
      title: 'the nearest reference counts',
      input: {
        rollouts: [
          { completion: 'kitten', reference: ['sitting', 'mitten'] },
          { completion: 'same', reference: 'same' },
        ],
      },
      result: [5 / 6, 1],
    },
  ],
  score: (batch, { from, limit, ...options }) =>
    byReference(batch, (completion, references) => {
      const answer = answerText(completion, from)
      if (answer === undefined) return 0
      const text = comparableText(answer, options)
      let best = 0
      for (const reference of references) {
        const other = comparableText(reference, options)
        if (text.length > limit || other.length > limit) return `a text is longer than ${limit} characters`
        best = Math.max(best, editSimilarity(text, other))
      }
      return best
    }),
})
