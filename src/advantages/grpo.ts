/**
 * Group-relative advantage: how far a reward lies from its group's mean, in units of the group's spread.
 * Unbounded; the mean over a group's valid rows is 0 (but for a group of one in verl's dialect).
 */
import { z } from 'zod'
import { defineAdvantage } from '../kinds/advantage.ts'
import type { Groups } from '../numerics/grouped.ts'
import {
  allValid,
  applyPairs,
  type PairedMoments,
  pairedMoments,
  releaseMoments,
  scaleBlocks,
} from '../numerics/paired-moments.ts'
import { rolloutAdvantages } from './advantage-columns.ts'

export interface GroupRelativeOptions {
  /** added to the standard deviation: verl 1e-6, TRL 1e-4 */
  readonly epsilon: number
  /** what a group with a single valid row gets: its reward unscaled by any group (verl), or 0 (TRL) */
  readonly single: 'raw' | 'zero'
  /** divide by the group's standard deviation (default true) */
  readonly divideByStandardDeviation?: boolean
  /** divide by the standard deviation of all valid rewards of the batch instead of each group's own */
  readonly batchStandardDeviation?: boolean
  /** where to write the result, one entry a row; a new array if left out */
  readonly out?: Float64Array
}

/**
 * Group-relative advantages of n rewards: (r − mean_g) / (std + ε), unbiased std of the group or of the batch's
 * rewards, or r − mean_g.
 * Groups may come in any order. Rows with `valid` 0 take no part and get 0. An all-equal group gets exactly 0.
 * A group with one valid row has mean 0 and std 1 with `single: raw`, and gets 0 with `single: zero`.
 * Source: DeepSeekMath, section 4.1; verl core_algos.py `compute_grpo_outcome_advantage`; TRL grpo_trainer.py.
 *
 * @example groupRelativeAdvantages(Float64Array.of(1, 0), Uint8Array.of(1, 1), { count: 1, of: Int32Array.of(0, 0) },
 *   { epsilon: 0, single: 'raw' }) // ≈ [0.7071, −0.7071]
 */
export function groupRelativeAdvantages(
  rewards: Float64Array,
  valid: Uint8Array,
  groups: Groups,
  {
    epsilon,
    single,
    divideByStandardDeviation = true,
    batchStandardDeviation = false,
    out = new Float64Array(rewards.length),
  }: GroupRelativeOptions,
): Float64Array {
  const perGroup = divideByStandardDeviation && !batchStandardDeviation
  // In place, a group that comes again would find its rewards overwritten.
  if (!batchStandardDeviation && out.buffer !== rewards.buffer && allValid(valid)) {
    const oneScale = single === 'zero' ? 0 : perGroup ? 1 / (1 + epsilon) : 1
    const scale = (members: number, squares: number): number => {
      if (members === 1) return oneScale
      return perGroup ? scaleOf(Math.sqrt(squares / (members - 1)), epsilon) : 1
    }
    if (scaleBlocks(rewards, groups, scale, out)) return out
  }
  const moments = pairedMoments(rewards, valid, groups, perGroup || batchStandardDeviation)
  const { count, pairs } = moments
  const batchScale = batchStandardDeviation ? scaleOf(batchDeviation(moments), epsilon) : 1
  for (let group = 0, at = 0; group < groups.count; group++, at += 2) {
    const members = count[group]!
    if (members > 1) {
      pairs[at + 1] = perGroup ? scaleOf(Math.sqrt(pairs[at + 1]! / (members - 1)), epsilon) : batchScale
    } else if (single === 'zero') {
      pairs[at + 1] = 0
    } else {
      pairs[at] = 0
      pairs[at + 1] = perGroup ? 1 / (1 + epsilon) : batchScale
    }
  }
  applyPairs(rewards, valid, groups, pairs, out)
  releaseMoments(moments)
  return out
}

/** An all-equal group with ε = 0 would divide 0 by 0. */
function scaleOf(deviation: number, epsilon: number): number {
  const scale = 1 / (deviation + epsilon)
  return scale === Number.POSITIVE_INFINITY ? 0 : scale
}

/** Unbiased standard deviation of all valid rewards, put together from the moments of the groups. */
function batchDeviation({ count, pairs }: PairedMoments): number {
  let rows = 0
  let sum = 0
  for (let group = 0; group < count.length; group++) {
    rows += count[group]!
    sum += count[group]! * pairs[2 * group]!
  }
  if (rows < 2) return 0
  const mean = sum / rows
  let squares = 0
  for (let group = 0; group < count.length; group++) {
    const deviation = pairs[2 * group]! - mean
    squares += pairs[2 * group + 1]! + count[group]! * deviation * deviation
  }
  return Math.sqrt(squares / (rows - 1))
}

export const grpo = defineAdvantage({
  name: 'grpo',
  summary: 'Reward relative to the mean of its group, divided by the group’s standard deviation.',
  paper: {
    slug: '00-baselines',
    title: 'DeepSeekMath',
    source: 'section 4.1; verl compute_grpo_outcome_advantage; TRL scale_rewards',
  },
  formula: '(r − mean_g) / (std_g + ε), std unbiased',
  range: 'unbounded',
  aliases: ['group relative policy optimisation', 'deepseek', 'scale_rewards'],
  scope: ({ scale }) => (scale === 'batch' ? 'batch' : 'group'),
  takes: 'rollout',
  grain: 'rollout',
  parameters: z.object({
    dialect: z
      .enum(['verl', 'trl'])
      .default('verl')
      .describe('verl: ε 1e-6, a group of one keeps its reward; trl: ε 1e-4, a group of one gets 0'),
    scale: z
      .enum(['group', 'batch', 'none'])
      .default('group')
      .describe('divide by the standard deviation of the group, of all rewards of the batch, or not at all'),
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
  warnings: (trainer, { scale }) =>
    scale === 'group'
      ? [
          `${trainer} divides rewards by the standard deviation of their group as well: send the rewards, or switch that off and send these advantages.`,
        ]
      : [],
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
    {
      dialect,
      scale,
      epsilon = dialect === 'verl' ? 1e-6 : 1e-4,
      single = dialect === 'verl' ? 'raw' : 'zero',
    },
  ) {
    const values = groupRelativeAdvantages(rewards.values, rewards.valid, groups, {
      epsilon,
      single,
      divideByStandardDeviation: scale !== 'none',
      batchStandardDeviation: scale === 'batch',
    })
    return { advantages: rolloutAdvantages(rewards, values) }
  },
})
