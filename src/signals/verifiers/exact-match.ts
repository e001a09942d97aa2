/**
 * Whether the answer is one of the references, letter by letter. Range {0, 1}. The strictest verifier there is: right
 * for short factual answers and labels, wrong for mathematics, where equal answers look different.
 */
import { z } from 'zod'
import { defineSignal } from '../../kinds/signal.ts'
import { byReference } from '../by-completion.ts'
import { ANSWER_PLACES, answerText } from './answer-text.ts'
import { strip } from './dialects/python-text.ts'
import { normalizeAnswer } from './dialects/search-r1.ts'

export interface ComparisonOptions {
  readonly case: 'sensitive' | 'insensitive'
  readonly trim: boolean
  /** qa: lower case, no punctuation, no articles, white space collapsed */
  readonly normalise: 'none' | 'qa'
}

/** The form in which two answers are compared. */
export function comparableText(text: string, options: ComparisonOptions): string {
  if (options.normalise === 'qa') return normalizeAnswer(text)
  const trimmed = options.trim ? strip(text) : text
  return options.case === 'insensitive' ? trimmed.toLowerCase() : trimmed
}

/**
 * Whether an answer equals any of the references after both are brought to the same form.
 *
 * @example equalsAny(' Paris', ['paris'], { case: 'insensitive', trim: true, normalise: 'none' }) // true
 */
export function equalsAny(
  answer: string,
  references: readonly string[],
  options: ComparisonOptions,
): boolean {
  const text = comparableText(answer, options)
  return references.some((reference) => comparableText(reference, options) === text)
}

export const exactMatch = defineSignal({
  name: 'exact-match',
  summary: 'Whether the answer equals one of the references as a string.',
  paper: { slug: '54-rlcr', title: 'Beyond Binary Rewards (RLCR)', source: 'reward_fns.py, accuracy_reward' },
  range: '{0, 1}',
  grain: 'rollout',
  aliases: ['em', 'string match', 'accuracy'],
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
  }),
  examples: [
    {
      title: 'any reference will do',
      input: {
        rollouts: [
          { completion: ' Paris\n', reference: ['Paris', 'Lutetia'] },
          { completion: 'paris', reference: 'Paris' },
          { completion: 'Paris' },
        ],
      },
      result: [1, 0, null],
    },
    {
      title: 'the answer tag, normalised',
      parameters: { from: 'answer-tag', normalise: 'qa' },
      input: { rollouts: [{ completion: 'hm <answer>The Paris!</answer>', reference: 'paris' }] },
      result: [1],
    },
  ],
  score: (batch, { from, ...options }) =>
    byReference(batch, (completion, references) => {
      const answer = answerText(completion, from)
      return answer !== undefined && equalsAny(answer, references, options) ? 1 : 0
    }),
})
