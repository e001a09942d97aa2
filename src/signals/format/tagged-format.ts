/**
 * Whether a completion ends in the tagged blocks of RLCR: answer, analysis and confidence after the reasoning.
 * Range {0, 1}. Gate the other rewards with it: a malformed completion earns nothing.
 */
import { z } from 'zod'
import { defineSignal } from '../../kinds/signal.ts'
import { byCompletion } from '../by-completion.ts'
import { strip } from '../verifiers/dialects/python-text.ts'
import { confidenceNumber } from './stated-confidence.ts'

/** Letters of a pattern stand for the blocks after the reasoning: a answer, b analysis, c confidence. */
const blocks = {
  tabc: ['answer', 'analysis', 'confidence'],
  tbac: ['analysis', 'answer', 'confidence'],
  tac: ['answer', 'confidence'],
  ta: ['answer'],
} as const

export type TaggedPattern = keyof typeof blocks

/** The position after `opening` where it follows `closing` with only white space between; −1 when it nowhere does. */
function afterJunction(text: string, from: number, closing: string, opening: string): number {
  for (let at = text.indexOf(closing, from); at !== -1; at = text.indexOf(closing, at + closing.length)) {
    let next = at + closing.length
    while (next < text.length && /\s/.test(text[next]!)) next++
    if (text.startsWith(opening, next)) return next + opening.length
  }
  return -1
}

/**
 * Whether a text is anything, `</think>`, then the blocks of the pattern with only white space between and after, and,
 * for patterns with a confidence, the last confidence is a number in [0, 1]. A block may contain further tags.
 * `notANumber: 'accept'` is the authors' code, whose range check lets "nan" pass.
 * Source: RLCR (arXiv 2507.16806), `reward_fns.py`, `format_reward`.
 *
 * @example hasTaggedFormat('a</think><answer>4</answer>', 'ta') // true
 */
export function hasTaggedFormat(
  completion: string,
  pattern: TaggedPattern,
  { notANumber = 'reject' }: { readonly notANumber?: 'accept' | 'reject' } = {},
): boolean {
  let at = 0
  let closing = '</think>'
  for (const block of blocks[pattern]) {
    at = afterJunction(completion, at, closing, `<${block}>`)
    if (at === -1) return false
    closing = `</${block}>`
  }
  const end = strip(completion.slice(at))
  if (!end.endsWith(closing)) return false
  if (!pattern.includes('c')) return true
  const confidence = confidenceNumber(completion)
  if (confidence === undefined) return false
  return Number.isNaN(confidence) ? notANumber === 'accept' : confidence >= 0 && confidence <= 1
}

export const taggedFormat = defineSignal({
  name: 'tagged-format',
  summary:
    'Whether the completion ends in the answer, analysis and confidence blocks, in order and well formed.',
  paper: { slug: '54-rlcr', title: 'Beyond Binary Rewards (RLCR)', source: 'reward_fns.py, format_reward' },
  range: '{0, 1}',
  grain: 'rollout',
  aliases: ['format reward', 'rlcr', 'rlcr format', 'tabc', 'tbac', 'tac', 'ta'],
  parameters: z.object({
    pattern: z
      .enum(['tabc', 'tbac', 'tac', 'ta'])
      .default('tabc')
      .describe('order of the blocks: t reasoning, a answer, b analysis, c confidence'),
  }),
  examples: [
    {
      title: 'well formed, and a confidence in percent',
      input: {
        rollouts: [
          {
            completion: 'x</think><answer>4</answer><analysis>sure</analysis><confidence>0.9</confidence>',
          },
          {
            completion: 'x</think><answer>4</answer><analysis>sure</analysis><confidence>90%</confidence>',
          },
        ],
      },
      result: [1, 0],
    },
  ],
  score: (batch, { pattern }) =>
    byCompletion(batch, (completion) => (hasTaggedFormat(completion, pattern) ? 1 : 0)),
})
