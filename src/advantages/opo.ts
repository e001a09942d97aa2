/**
 * OPO's advantage: reward minus the length-weighted mean of its group, the baseline of least gradient variance when
 * the squared gradient of a rollout grows with its length. Unbounded.
 */
import { z } from 'zod'
import { defineAdvantage } from '../kinds/advantage.ts'
import { normalisedAgain } from '../kinds/trainer-sentences.ts'
import type { Groups } from '../numerics/grouped.ts'
import { rewardsWith, rolloutAdvantages } from './advantage-columns.ts'

/**
 * r_i − Σ_j L_j r_j / Σ_j L_j over the valid rows of the group, with L the length in tokens.
 * A group with one valid row keeps its reward. Rows of a group without any token get their reward minus the plain
 * mean, the limit of equal lengths. Equal rewards of different lengths may leave a rounding residue below 1e-15 · |r|.
 * Source: Hao et al. 2025; verl core_algos.py `compute_opo_outcome_advantage`.
 *
 * @param lengths number of tokens of each row, by row
 * @example lengthWeightedAdvantages(Float64Array.of(1, 0), Uint8Array.of(1, 1), Float64Array.of(3, 1),
 *   { count: 1, of: Int32Array.of(0, 0) }) // [0.25, −0.75]
 */
export function lengthWeightedAdvantages(
  rewards: Float64Array,
  valid: Uint8Array,
  lengths: Float64Array,
  groups: Groups,
): Float64Array {
  const members = new Int32Array(groups.count)
  const tokens = new Float64Array(groups.count)
  const weighted = new Float64Array(groups.count)
  const plain = new Float64Array(groups.count)
  for (let row = 0; row < rewards.length; row++) {
    if (valid[row] === 0) continue
    const group = groups.of[row]!
    members[group]!++
    tokens[group]! += lengths[row]!
    weighted[group]! += lengths[row]! * rewards[row]!
    plain[group]! += rewards[row]!
  }
  for (let group = 0; group < groups.count; group++) {
    if (members[group]! < 2) weighted[group] = 0
    else
      weighted[group] =
        tokens[group]! > 0 ? weighted[group]! / tokens[group]! : plain[group]! / members[group]!
  }
  const advantages = new Float64Array(rewards.length)
  for (let row = 0; row < rewards.length; row++) {
    if (valid[row] === 1) advantages[row] = rewards[row]! - weighted[groups.of[row]!]!
  }
  return advantages
}

export const opo = defineAdvantage({
  name: 'opo',
  summary: 'Reward minus the mean of its group weighted by length.',
  paper: {
    slug: '00-baselines',
    title: 'On-Policy RL with Optimal Reward Baseline',
    source: 'verl compute_opo_outcome_advantage',
  },
  formula: 'r_i − Σ L_j r_j / Σ L_j',
  range: 'unbounded',
  aliases: ['optimal reward baseline', 'length-weighted baseline'],
  scope: 'group',
  takes: 'rollout',
  grain: 'rollout',
  parameters: z.object({}),
  inputs: () => ({ lengths: { from: 'length', unit: 'tokens' } }),
  warnings: normalisedAgain,
  examples: [
    {
      title: 'the long answer weighs three times',
      input: { column: [1, 0], inputs: { lengths: [3, 1] } },
      result: [0.25, -0.75],
    },
    {
      title: 'a row of unknown length is invalid',
      input: { column: [1, 0, 1], inputs: { lengths: [1, 1, null] } },
      result: [0.5, -0.5, null],
    },
  ],
  apply({ rewards, groups, inputs }) {
    const usable = rewardsWith(rewards, inputs.lengths, 'the length in tokens')
    const lengths = inputs.lengths?.values ?? usable.values
    return {
      advantages: rolloutAdvantages(
        usable,
        lengthWeightedAdvantages(usable.values, usable.valid, lengths, groups),
      ),
    }
  },
})
