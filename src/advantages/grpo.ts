/**
 * Group-relative advantage: how far a reward lies from its group's mean, in units of the group's spread.
 * Unbounded; the mean over a group's valid rows is 0 (but for a group of one in verl's dialect).
 */
import { z } from 'zod'
import { defineAdvantage } from '../kinds/advantage.ts'
import { type Groups, groupMoments } from '../numerics/grouped.ts'
import { createColumn } from '../records/column.ts'

export interface GroupRelativeOptions {
  /** added to the standard deviation: verl 1e-6, TRL 1e-4 */
  readonly epsilon: number
  /** what a group with a single valid row gets: its reward unscaled by any group (verl), or 0 (TRL) */
  readonly single: 'raw' | 'zero'
  readonly divideByStandardDeviation: boolean
}

/**
 * Group-relative advantages of n rewards: (r − mean_g) / (std_g + ε), unbiased std, or r − mean_g.
 * Groups may come in any order. Rows with `valid` 0 take no part and get 0. An all-equal group gets 0.
 * A group with one valid row has mean 0 and std 1 with `single: raw`, and gets 0 with `single: zero`.
 * Source: DeepSeekMath, section 4.1; verl core_algos.py `compute_grpo_outcome_advantage`; TRL grpo_trainer.py.
 *
 * @example groupRelativeAdvantages(Float64Array.of(1, 0), Uint8Array.of(1, 1), { count: 1, of: Int32Array.of(0, 0) },
 *   { epsilon: 0, single: 'raw', divideByStandardDeviation: true }) // ≈ [0.7071, −0.7071]
 */
export function groupRelativeAdvantages(
  rewards: Float64Array,
  valid: Uint8Array,
  groups: Groups,
  { epsilon, single, divideByStandardDeviation }: GroupRelativeOptions,
): Float64Array {
  const { count, mean, squares } = groupMoments(rewards, valid, groups)
  const scale = squares
  for (let group = 0; group < groups.count; group++) {
    const members = count[group]!
    if (members === 1) {
      mean[group] = single === 'raw' ? 0 : mean[group]!
      scale[group] = divideByStandardDeviation ? 1 / (1 + epsilon) : 1
    } else {
      scale[group] =
        divideByStandardDeviation && members > 0
          ? 1 / (Math.sqrt(squares[group]! / (members - 1)) + epsilon)
          : 1
      // An all-equal group with ε = 0 would divide 0 by 0.
      if (scale[group] === Number.POSITIVE_INFINITY) scale[group] = 0
    }
  }
  const advantages = new Float64Array(rewards.length)
  for (let row = 0; row < rewards.length; row++) {
    if (valid[row] === 0) continue
    const group = groups.of[row]!
    advantages[row] = (rewards[row]! - mean[group]!) * scale[group]!
  }
  return advantages
}

export const grpo = defineAdvantage({
  name: 'grpo',
  summary: 'Reward relative to the mean of its group, divided by the group’s standard deviation.',
  paper: {
    slug: '00-baselines',
    title: 'DeepSeekMath',
    source: 'section 4.1; verl compute_grpo_outcome_advantage',
  },
  formula: '(r − mean_g) / (std_g + ε), std unbiased',
  range: 'unbounded',
  aliases: ['group relative policy optimisation', 'deepseek'],
  scope: 'group',
  takes: 'rollout',
  grain: 'rollout',
  parameters: z.object({
    dialect: z
      .enum(['verl', 'trl'])
      .default('verl')
      .describe('verl: ε 1e-6, a group of one keeps its reward; trl: ε 1e-4, a group of one gets 0'),
    epsilon: z
      .number()
      .nonnegative()
      .optional()
      .describe('added to the standard deviation; the dialect’s if left out'),
    single: z
      .enum(['raw', 'zero'])
      .optional()
      .describe('what a group of one gets; the dialect’s if left out'),
  }),
  examples: [
    {
      title: 'one right of four',
      input: { column: [1, 0, 0, 0] },
      result: [1.5, -0.5, -0.5, -0.5],
      tolerance: 1e-5,
    },
    {
      title: 'an invalid row takes no part',
      input: { column: [1, 0, null] },
      result: [Math.SQRT1_2, -Math.SQRT1_2, null],
      tolerance: 1e-5,
    },
  ],
  apply(
    { rewards, groups },
    { dialect, epsilon = dialect === 'verl' ? 1e-6 : 1e-4, single = dialect === 'verl' ? 'raw' : 'zero' },
  ) {
    const values = groupRelativeAdvantages(rewards.values, rewards.valid, groups, {
      epsilon,
      single,
      divideByStandardDeviation: true,
    })
    const advantages = createColumn(values.length)
    advantages.values.set(values)
    advantages.valid.set(rewards.valid)
    return { advantages }
  },
})
