/** REINFORCE++: rewards to go of each token, whitened over all tokens of the batch. Mean 0, variance about 1. */
import { z } from 'zod'
import { defineAdvantage } from '../kinds/advantage.ts'
import { tokenAdvantagesAreLost } from '../kinds/trainer-sentences.ts'
import { whitenMasked } from '../numerics/whiten.ts'
import { tokenAdvantages } from './advantage-columns.ts'
import { rewardsToGo } from './rewards-to-go.ts'
import { emptyRollouts, TOKEN_LENGTHS, tokenRewardsOf } from './token-rewards.ts'

export interface WhitenedReturns {
  readonly advantages: Float64Array
  /** rewards to go before whitening */
  readonly returns: Float64Array
}

/**
 * REINFORCE++ of ragged token rewards: R_t = r_t + γ·R_{t+1}, whitened over the tokens inside the mask (unbiased
 * variance + 1e-8), 0 outside. With `outside: reset` the return is forgotten at a token outside the mask, as verl
 * does at the end of a completion: tokens before a tool's output then see nothing of what follows it; `carry` passes
 * it on. A batch with fewer than two tokens gets 0.
 * Source: Hu 2025; verl core_algos.py `compute_reinforce_plus_plus_outcome_advantage`.
 *
 * @example whitenedReturns(Float64Array.of(1, -1), Uint8Array.of(1, 1), Int32Array.of(0, 1, 2),
 *   { gamma: 1, outside: 'reset' }).advantages // ≈ [0.7071, −0.7071]
 */
export function whitenedReturns(
  rewards: Float64Array,
  mask: Uint8Array,
  offsets: Int32Array,
  options: { readonly gamma: number; readonly outside: 'carry' | 'reset' },
): WhitenedReturns {
  const returns = rewardsToGo(rewards, mask, offsets, options)
  const advantages = returns.slice()
  whitenMasked(advantages, mask, true)
  return { advantages, returns }
}

export const reinforcePlusPlus = defineAdvantage({
  name: 'reinforce-plus-plus',
  summary: 'Rewards to go of each token, whitened over the tokens of the batch.',
  paper: {
    slug: '00-baselines',
    title: 'REINFORCE++',
    source: 'verl compute_reinforce_plus_plus_outcome_advantage',
  },
  formula: '(R_t − mean) / √(variance + 1e-8), R_t = r_t + γ·R_{t+1}',
  range: 'unbounded',
  aliases: ['reinforce++', 'reinforce-pp', 'reinforce_plus_plus'],
  scope: 'batch',
  takes: 'token',
  grain: 'token',
  parameters: z.object({
    gamma: z.number().min(0).max(1).default(1).describe('discount a token'),
    outside: z
      .enum(['reset', 'carry'])
      .default('reset')
      .describe('at tokens that are not the policy’s: forget the return (verl), or pass it on'),
  }),
  inputs: () => TOKEN_LENGTHS,
  warnings: tokenAdvantagesAreLost,
  examples: [
    {
      title: 'the long completion counts twice',
      input: { column: [1, 0], inputs: { lengths: [1, 2] } },
      result: [[1.1547], [-0.57735, -0.57735]],
      tolerance: 1e-4,
    },
  ],
  apply(input, parameters) {
    const tokens = tokenRewardsOf(input)
    const { advantages } = whitenedReturns(tokens.values, tokens.valid, tokens.offsets!, parameters)
    return {
      advantages: tokenAdvantages(tokens, advantages),
      evidence: { emptyRollouts: emptyRollouts(tokens) },
    }
  },
})
