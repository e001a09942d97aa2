/** ReMax: reward to go minus the reward of the greedy completion of the same prompt. Unbounded. */
import { z } from 'zod'
import { defineAdvantage } from '../kinds/advantage.ts'
import { tokenAdvantagesAreLost } from '../kinds/trainer-sentences.ts'
import { copyColumn, invalidate } from '../records/column.ts'
import { tokenAdvantages } from './advantage-columns.ts'
import { rewardsToGo } from './rewards-to-go.ts'
import { emptyRollouts, TOKEN_LENGTHS, tokenRewardsOf } from './token-rewards.ts'

export interface GreedyBaselineAdvantages {
  readonly advantages: Float64Array
  /** rewards to go, not yet masked */
  readonly returns: Float64Array
}

/**
 * ReMax advantages of ragged token rewards: the sum of the rewards to go inside the mask (γ = 1) minus the greedy
 * completion's reward, times the mask.
 * Source: Li et al. 2023; verl core_algos.py `compute_remax_outcome_advantage`.
 *
 * @param greedy reward of the greedy completion of each rollout's prompt
 * @example greedyBaselineAdvantages(Float64Array.of(0, 1), Uint8Array.of(1, 1), Int32Array.of(0, 2),
 *   Float64Array.of(0.25)).advantages // [0.75, 0.75]
 */
export function greedyBaselineAdvantages(
  rewards: Float64Array,
  mask: Uint8Array,
  offsets: Int32Array,
  greedy: Float64Array,
): GreedyBaselineAdvantages {
  const returns = rewardsToGo(rewards, mask, offsets, { gamma: 1, outside: 'carry' })
  const advantages = new Float64Array(returns.length)
  for (let rollout = 0; rollout + 1 < offsets.length; rollout++) {
    for (let token = offsets[rollout]!; token < offsets[rollout + 1]!; token++) {
      if (mask[token] !== 0) advantages[token] = returns[token]! - greedy[rollout]!
    }
  }
  return { advantages, returns }
}

export const remax = defineAdvantage({
  name: 'remax',
  summary: 'Reward to go minus the reward of the prompt’s greedy completion.',
  paper: {
    slug: '00-baselines',
    title: 'ReMax: A Simple, Effective, and Efficient Method for Aligning LLMs',
    source: 'verl compute_remax_outcome_advantage',
  },
  formula: 'Σ_{u ≥ t} r_u − r_greedy',
  range: 'unbounded',
  aliases: ['greedy baseline'],
  scope: 'group',
  takes: 'token',
  grain: 'token',
  parameters: z.object({
    greedy: z.string().describe('column with the reward of the greedy completion of the same prompt'),
  }),
  inputs: ({ greedy }) => ({ ...TOKEN_LENGTHS, greedy: { from: 'column', column: greedy } }),
  warnings: tokenAdvantagesAreLost,
  examples: [
    {
      title: 'better and worse than greedy; the third has no greedy reward',
      parameters: { greedy: 'greedy' },
      input: { column: [1, 0, 1], inputs: { lengths: [2, 1, 1], greedy: [0.5, 0.5, null] } },
      result: [[0.5, 0.5], [-0.5], [null]],
    },
  ],
  apply(input) {
    const tokens = copyColumn(tokenRewardsOf(input))
    const offsets = tokens.offsets!
    const greedy = input.inputs.greedy
    for (let row = 0; row + 1 < offsets.length; row++) {
      if (greedy?.valid[row] === 1) continue
      const reason = greedy?.reasons?.[row] ?? 'no greedy reward'
      for (let token = offsets[row]!; token < offsets[row + 1]!; token++) invalidate(tokens, token, reason)
    }
    const baseline = greedy?.values ?? new Float64Array(offsets.length - 1)
    const { advantages } = greedyBaselineAdvantages(tokens.values, tokens.valid, offsets, baseline)
    return {
      advantages: tokenAdvantages(tokens, advantages),
      evidence: { emptyRollouts: emptyRollouts(tokens) },
    }
  },
})
