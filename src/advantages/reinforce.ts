/** Plain REINFORCE: the discounted reward to go of each token, optionally minus the mean over the batch. Unbounded. */
import { z } from 'zod'
import { defineAdvantage } from '../kinds/advantage.ts'
import { tokenAdvantagesAreLost } from '../kinds/trainer-sentences.ts'
import { tokenAdvantages } from './advantage-columns.ts'
import { rewardsToGo } from './rewards-to-go.ts'
import { emptyRollouts, TOKEN_LENGTHS, tokenRewardsOf } from './token-rewards.ts'

/**
 * REINFORCE advantages of ragged token rewards: R_t = r_t + γ·R_{t+1} inside the mask, minus the mean of R over all
 * tokens inside the mask with `baseline: batch-mean`. 0 outside the mask.
 * Source: Williams 1992; verified against an independent implementation.
 *
 * @example reinforceAdvantages(Float64Array.of(0, 1), Uint8Array.of(1, 1), Int32Array.of(0, 2),
 *   { gamma: 1, baseline: 'none' }) // [1, 1]
 */
export function reinforceAdvantages(
  rewards: Float64Array,
  mask: Uint8Array,
  offsets: Int32Array,
  { gamma, baseline }: { readonly gamma: number; readonly baseline: 'none' | 'batch-mean' },
): Float64Array {
  const returns = rewardsToGo(rewards, mask, offsets, { gamma, outside: 'carry' })
  let mean = 0
  if (baseline === 'batch-mean') {
    let count = 0
    for (let token = 0; token < returns.length; token++) {
      if (mask[token] === 0) continue
      mean += returns[token]!
      count++
    }
    mean = count === 0 ? 0 : mean / count
  }
  for (let token = 0; token < returns.length; token++) {
    returns[token] = mask[token] === 0 ? 0 : returns[token]! - mean
  }
  return returns
}

export const reinforce = defineAdvantage({
  name: 'reinforce',
  summary: 'Reward to go of each token, with or without the batch mean as baseline.',
  paper: { slug: '00-baselines', title: 'Simple statistical gradient-following algorithms (REINFORCE)' },
  formula: 'R_t = r_t + γ·R_{t+1}, minus the batch mean if asked',
  range: 'unbounded',
  aliases: ['reward to go', 'policy gradient'],
  scope: 'batch',
  takes: 'token',
  grain: 'token',
  parameters: z.object({
    gamma: z.number().min(0).max(1).default(1).describe('discount a token'),
    baseline: z
      .enum(['none', 'batch-mean'])
      .default('none')
      .describe('what is subtracted: nothing, or the mean over all tokens of the batch'),
  }),
  inputs: () => TOKEN_LENGTHS,
  warnings: tokenAdvantagesAreLost,
  examples: [
    {
      title: 'discounted reward to go',
      parameters: { gamma: 0.5 },
      input: { column: [[0, 0, 4], [2]], grain: 'token' },
      result: [[1, 2, 4], [2]],
    },
    {
      title: 'rollout rewards on the last token, minus the mean over tokens',
      parameters: { baseline: 'batch-mean' },
      input: { column: [1, 0], inputs: { lengths: [2, 2] } },
      result: [
        [0.5, 0.5],
        [-0.5, -0.5],
      ],
    },
  ],
  apply(input, parameters) {
    const tokens = tokenRewardsOf(input)
    const values = reinforceAdvantages(tokens.values, tokens.valid, tokens.offsets!, parameters)
    return { advantages: tokenAdvantages(tokens, values), evidence: { emptyRollouts: emptyRollouts(tokens) } }
  },
})
