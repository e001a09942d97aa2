/**
 * A reward for correctness that follows a half cosine of the length: short right answers earn most, short wrong ones
 * cost most. Range [min, max] of the four levels. It replaces the correctness column.
 * Source: TRL and open-r1 get_cosine_scaled_reward (card 00-verifiers, method C).
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { copyColumn, sealColumn } from '../records/column.ts'
import { correctnessInput, correctnessParameters, correctRows } from './correctness.ts'
import { inputColumn, lengthUnit, requireInput } from './declared-inputs.ts'

export interface CosineLengthOptions {
  /** length at which the cosine reaches its far end */
  readonly maximum: number
  /** keep the far end for longer completions (TRL), or let the cosine turn back (open-r1) */
  readonly clamped: boolean
  readonly minWrong: number
  readonly maxWrong: number
  readonly minCorrect: number
  readonly maxCorrect: number
}

/**
 * lo + ½·(hi − lo)·(1 + cos πt) with t = L/maximum (at most 1 when clamped); right rows go from maxCorrect (t = 0) to
 * minCorrect (t = 1), wrong ones from minWrong to maxWrong.
 *
 * @param correct 1 for right rows
 * @example cosineLengthRewards(Float64Array.of(0, 5), Uint8Array.of(1, 0), { maximum: 10, clamped: true, minWrong: -1,
 *   maxWrong: -0.5, minCorrect: 0.5, maxCorrect: 1 }) // [1, −0.75]
 */
export function cosineLengthRewards(
  lengths: Float64Array,
  correct: Uint8Array,
  { maximum, clamped, minWrong, maxWrong, minCorrect, maxCorrect }: CosineLengthOptions,
): Float64Array {
  const rewards = new Float64Array(lengths.length)
  for (let row = 0; row < lengths.length; row++) {
    const share = lengths[row]! / maximum
    const progress = clamped ? Math.min(share, 1) : share
    const far = correct[row] === 1 ? minCorrect : maxWrong
    const near = correct[row] === 1 ? maxCorrect : minWrong
    rewards[row] = far + 0.5 * (near - far) * (1 + Math.cos(Math.PI * progress))
  }
  return rewards
}

export const cosineLength = defineShaping({
  name: 'cosine-length',
  summary: 'Turns correctness into a reward that falls with length when right and rises with it when wrong.',
  paper: {
    slug: '00-verifiers',
    title: 'Demystifying Long Chain-of-Thought Reasoning in LLMs',
    source: 'TRL and open-r1 get_cosine_scaled_reward',
  },
  formula: 'lo + ½ · (hi − lo) · (1 + cos(π · length/maximum)); right lo, hi = 0.5, 1; wrong −0.5, −1',
  range: '[minWrong, maxCorrect]',
  aliases: ['cosine', 'cosine-scaled', 'cosine reward'],
  grains: ['rollout'],
  scope: 'row',
  parameters: z.object({
    maximum: z.number().positive().default(1000).describe('length at which the cosine reaches its far end'),
    dialect: z
      .enum(['trl', 'open-r1'])
      .default('trl')
      .describe('trl: tokens, flat beyond the maximum; open-r1: characters, the cosine turns back beyond it'),
    unit: lengthUnit.optional().describe('in what lengths are counted; the dialect’s if left out'),
    minWrong: z.number().default(-1).describe('a wrong completion of length 0'),
    maxWrong: z.number().default(-0.5).describe('a wrong completion of the maximum length'),
    minCorrect: z.number().default(0.5).describe('a right completion of the maximum length'),
    maxCorrect: z.number().default(1).describe('a right completion of length 0'),
    ...correctnessParameters,
  }),
  inputs: ({ dialect, unit = dialect === 'trl' ? 'tokens' : 'characters', correct }) => ({
    length: { from: 'length', unit },
    ...correctnessInput(correct),
  }),
  examples: [
    {
      title: 'right and wrong, short and long',
      parameters: { maximum: 10 },
      input: { column: [1, 1, 0, 0, null, 1], inputs: { length: [0, 20, 0, 5, 1, null] } },
      result: [1, 0.5, -1, -0.75, null, null],
      tolerance: 1e-15,
    },
    {
      title: 'open-r1 climbs again beyond the maximum',
      parameters: { maximum: 10, dialect: 'open-r1' },
      input: { column: [1], inputs: { length: [20] } },
      result: [1],
      tolerance: 1e-15,
    },
  ],
  apply(column, { dialect, correct, correctAt, ...options }, { inputs }) {
    const result = copyColumn(column)
    const lengths = requireInput(result, inputColumn(inputs, 'length'), 'length').values
    const right = correctRows(result, inputs, { correct, correctAt })
    const rewards = cosineLengthRewards(lengths, right, { ...options, clamped: dialect === 'trl' })
    for (let row = 0; row < rewards.length; row++) {
      if (result.valid[row] === 1) result.values[row] = rewards[row]!
    }
    return sealColumn(result)
  },
})
