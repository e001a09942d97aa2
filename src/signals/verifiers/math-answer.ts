/**
 * Whether the final answer of a completion equals the reference, by Guerdon's own verifier or exactly as a trainer's
 * own function would say. Range {0, 1}; the verl/math-dapo dialects give −1 for wrong, as verl does.
 */
import { z } from 'zod'
import { defineSignal } from '../../kinds/signal.ts'
import { EXTRACTION_RULES } from './math/extraction-rules.ts'

/** Trainers' functions that can be asked instead of Guerdon's own verifier. */
export const MATH_DIALECTS = [
  'verl/math-dapo',
  'verl/math-dapo-strict-box',
  'verl/gsm8k',
  'verl/gsm8k-flexible',
  'verl/math-reward',
  'verl/geo3k',
  'verl/prime-math',
  'openrlhf',
  'trl/accuracy',
  'trl/reasoning-accuracy',
  'math-verify',
] as const

export const mathAnswer = defineSignal({
  name: 'math-answer',
  summary: 'Whether the final answer is mathematically equal to the reference.',
  paper: {
    slug: '00-verifiers',
    title: 'Verifiers that people train with',
    source: 'Method A; the dialects: Method B',
  },
  range: '{0, 1}; {−1, 1} for the verl/math-dapo dialects',
  aliases: ['math-verify', 'math verify', 'math_reward', 'accuracy', 'correctness', 'boxed', 'gsm8k'],
  grain: 'rollout',
  parameters: z.object({
    dialect: z
      .enum(['own', ...MATH_DIALECTS])
      .default('own')
      .describe('own: Guerdon’s verifier; otherwise the number that the named trainer’s function gives'),
    rules: z
      .array(z.enum(EXTRACTION_RULES))
      .min(1)
      .default(['answer-tag', 'boxed'])
      .describe('where an answer may stand; the default suits training, all six suit evaluation'),
    reasoning: z
      .enum(['cut', 'keep', 'require'])
      .default('cut')
      .describe('cut looks after the last </think> only, require finds nothing without it'),
    units: z
      .enum(['strip', 'compare', 'require'])
      .default('strip')
      .describe('what becomes of units after a number'),
    percent: z.enum(['strict', 'lenient']).default('strict').describe('lenient also takes 50 for 50 %'),
    sets: z
      .enum(['strict', 'loose'])
      .default('strict')
      .describe('loose compares sets with tuples and bare lists'),
    decimals: z
      .int()
      .min(0)
      .max(20)
      .default(6)
      .describe('decimals to which a number with a decimal point must agree'),
    relativeTolerance: z
      .number()
      .nonnegative()
      .default(0)
      .describe('further tolerance for numbers; 0 = none'),
  }),
  examples: [
    {
      title: 'a boxed fraction against its decimal, a wrong answer, and no answer',
      input: {
        rollouts: [
          { completion: 'So it is $\\boxed{\\frac{1}{2}}$.', reference: '0.5' },
          { completion: '<answer>41</answer>', reference: '42' },
          { completion: 'I do not know.', reference: '42' },
        ],
      },
      result: [1, 0, 0],
    },
    {
      title: 'no reference to compare with',
      input: { rollouts: [{ completion: '\\boxed{7}' }] },
      result: [null],
    },
    {
      title: 'verl’s DAPO function wants “Answer:” and gives −1 without it',
      parameters: { dialect: 'verl/math-dapo' },
      input: {
        rollouts: [
          { completion: 'Answer: 42', reference: '42' },
          { completion: '\\boxed{42}', reference: '42' },
        ],
      },
      result: [1, -1],
    },
  ],
  async score(batch, parameters, { evidence }) {
    // The verifier is a room of its own: who never asks for it never loads it.
    const { scoreMathAnswers } = await import('./score-math-answers.ts')
    return scoreMathAnswers(batch, parameters, evidence)
  },
})
