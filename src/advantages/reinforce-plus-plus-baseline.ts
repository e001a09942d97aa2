/**
 * Batch-wise normalisation: reward minus the mean of its group, whitened over the tokens of the whole batch, so that
 * no group is divided by its own noisy standard deviation. Unbounded. Sources: REINFORCE++-baseline; paper 04 (DLER).
 */
import { z } from 'zod'
import { defineAdvantage } from '../kinds/advantage.ts'
import { normalisedAgain } from '../kinds/trainer-sentences.ts'
import type { Groups } from '../numerics/grouped.ts'
import { rewardsWith, rolloutAdvantages } from './advantage-columns.ts'
import { groupRelativeAdvantages } from './grpo.ts'

/** verl's constants: added to the number of tokens, and to the variance before its root. */
const EPSILON = 1e-8

/**
 * A_i = r_i − mean_g (a group of one: r_i), then (A − mean) / √(variance + 1e-8) with the mean and the unbiased
 * variance over all tokens of the batch: row i counts `weights[i]` times. Rows of weight 0 are centred and scaled
 * but do not count. A batch of fewer than two tokens, and a batch of equal rewards, get 0.
 * Source: verl core_algos.py `compute_reinforce_plus_plus_baseline_outcome_advantage`.
 *
 * @param weights number of tokens of each row; 1 each for statistics by rollout (the equation of DLER's text)
 * @example batchNormalisedAdvantages(Float64Array.of(1, 0), Uint8Array.of(1, 1), Float64Array.of(1, 1),
 *   { count: 1, of: Int32Array.of(0, 0) }) // ≈ [0.7071, −0.7071]
 */
export function batchNormalisedAdvantages(
  rewards: Float64Array,
  valid: Uint8Array,
  weights: Float64Array,
  groups: Groups,
): Float64Array {
  const advantages = groupRelativeAdvantages(rewards, valid, groups, {
    epsilon: 0,
    single: 'raw',
    divideByStandardDeviation: false,
  })
  let tokens = 0
  let sum = 0
  for (let row = 0; row < advantages.length; row++) {
    if (valid[row] === 0) continue
    tokens += weights[row]!
    sum += weights[row]! * advantages[row]!
  }
  if (tokens < 2) return advantages.fill(0)
  const mean = sum / (tokens + EPSILON)
  let squares = 0
  for (let row = 0; row < advantages.length; row++) {
    if (valid[row] === 1) squares += weights[row]! * (advantages[row]! - mean) ** 2
  }
  const variance = (squares / (tokens + EPSILON)) * (tokens / (tokens - 1))
  const scale = 1 / Math.sqrt(variance + EPSILON)
  for (let row = 0; row < advantages.length; row++) {
    if (valid[row] === 1) advantages[row] = (advantages[row]! - mean) * scale
  }
  return advantages
}

export const reinforcePlusPlusBaseline = defineAdvantage({
  name: 'reinforce-plus-plus-baseline',
  summary: 'Reward minus the mean of its group, whitened over all tokens of the batch.',
  paper: {
    slug: '04-dler',
    title: 'DLER: Doing Length pEnalty Right',
    source:
      'section on batch-wise normalisation; verl compute_reinforce_plus_plus_baseline_outcome_advantage',
  },
  formula: '(r − mean_g − mean) / √(variance + 1e-8), statistics over the tokens of the batch',
  range: 'unbounded',
  aliases: [
    'batch-norm',
    'batch-wise normalisation',
    'reinforce++-baseline',
    'reinforce-pp-baseline',
    'dler',
  ],
  scope: 'batch',
  takes: 'rollout',
  grain: 'rollout',
  parameters: z.object({
    weighting: z
      .enum(['token', 'rollout'])
      .default('token')
      .describe(
        'what counts once in mean and variance: a token (verl’s code), or a rollout (the paper’s text)',
      ),
  }),
  inputs: ({ weighting }) => (weighting === 'token' ? { lengths: { from: 'length', unit: 'tokens' } } : {}),
  warnings: normalisedAgain,
  examples: [
    {
      title: 'by rollout',
      parameters: { weighting: 'rollout' },
      input: { column: [1, 0, 3, 3], groups: ['a', 'a', 'b', 'b'] },
      result: [1.2247, -1.2247, 0, 0],
      tolerance: 1e-4,
    },
    {
      title: 'by token, one length unknown',
      input: { column: [1, 0, 1], inputs: { lengths: [1, 3, null] } },
      result: [1.5, -0.5, null],
      tolerance: 1e-6,
    },
  ],
  apply({ rewards, groups, inputs }, { weighting }) {
    const usable =
      weighting === 'token' ? rewardsWith(rewards, inputs.lengths, 'the length in tokens') : rewards
    const weights =
      weighting === 'token' && inputs.lengths !== undefined
        ? inputs.lengths.values
        : new Float64Array(rewards.values.length).fill(1)
    return {
      advantages: rolloutAdvantages(
        usable,
        batchNormalisedAdvantages(usable.values, usable.valid, weights, groups),
      ),
    }
  },
})
