/**
 * Takes a fixed amount off for every token beyond a limit. Unbounded below.
 * Source: paper 36, step 2: on by default there for every shaping, before it.
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { groupDeviationRescales } from '../kinds/trainer-sentences.ts'
import { copyColumn, sealColumn } from '../records/column.ts'
import { inputColumn, lengthUnit, requireInput } from './declared-inputs.ts'

/**
 * −rate·max(L − limit, 0) for every length.
 *
 * @example longReplyPenalties(Float64Array.of(300, 450), { limit: 300, rate: 0.01 }) // [0, −1.5]
 */
export function longReplyPenalties(
  lengths: Float64Array,
  { limit, rate }: { readonly limit: number; readonly rate: number },
): Float64Array {
  const penalties = new Float64Array(lengths.length)
  for (let row = 0; row < lengths.length; row++) {
    if (lengths[row]! > limit) penalties[row] = -rate * (lengths[row]! - limit)
  }
  return penalties
}

export const longReplyPenalty = defineShaping({
  name: 'long-reply-penalty',
  summary: 'Takes an amount off for every token beyond a limit.',
  paper: {
    slug: '36-par',
    title: 'Reward Shaping to Mitigate Reward Hacking in RLHF',
    source: 'trainers/reward_shaper.py, reward_penalize_length',
  },
  formula: 'r − rate · max(length − limit, 0)',
  range: 'unbounded below',
  aliases: ['length penalty', 'reward_penalize_length'],
  grains: ['rollout'],
  scope: 'row',
  parameters: z.object({
    limit: z.number().nonnegative().default(300).describe('length from which the penalty starts'),
    rate: z.number().nonnegative().default(0.01).describe('penalty for each unit of length beyond the limit'),
    unit: lengthUnit.default('tokens').describe('in what lengths are counted'),
  }),
  inputs: ({ unit }) => ({ length: { from: 'length', unit } }),
  warnings: groupDeviationRescales,
  examples: [
    {
      title: '150 tokens too many',
      input: { column: [1, 1, 1, null], inputs: { length: [300, 450, null, 450] } },
      result: [1, -0.5, null, null],
    },
  ],
  apply(column, parameters, { inputs }) {
    const result = copyColumn(column)
    const lengths = requireInput(result, inputColumn(inputs, 'length'), 'length').values
    const penalties = longReplyPenalties(lengths, parameters)
    for (let row = 0; row < penalties.length; row++) {
      if (result.valid[row] === 1) result.values[row]! += penalties[row]!
    }
    return sealColumn(result)
  },
})
