/**
 * Leave-one-out advantage: a reward minus the mean of its siblings' rewards. Unbounded; the mean over a group's valid
 * rows is 0 (but for a group of one in verl's dialect).
 */
import { z } from 'zod'
import { defineAdvantage } from '../kinds/advantage.ts'
import { normalisedAgain } from '../kinds/trainer-sentences.ts'
import type { Groups } from '../numerics/grouped.ts'
import { applyPairs, pairedMoments, releaseMoments } from '../numerics/paired-moments.ts'
import { rolloutAdvantages } from './advantage-columns.ts'
import { standardiseBatch } from './standardise-batch.ts'

/**
 * Leave-one-out advantages of n rewards: r − mean of the other valid rows of the group = (r − mean_g) · n/(n − 1).
 * A group with one valid row keeps its reward (`single: raw`, verl) or gets 0 (`single: zero`, TRL). Equal rewards
 * get exactly 0; invalid rows take no part and get 0.
 * Source: Ahmadian et al. 2024; verl core_algos.py `compute_rloo_outcome_advantage`; TRL rloo_trainer.py.
 *
 * @example leaveOneOutAdvantages(Float64Array.of(1, 0), Uint8Array.of(1, 1), { count: 1, of: Int32Array.of(0, 0) },
 *   { single: 'raw' }) // [1, −1]
 */
export function leaveOneOutAdvantages(
  rewards: Float64Array,
  valid: Uint8Array,
  groups: Groups,
  {
    single,
    out = new Float64Array(rewards.length),
  }: { readonly single: 'raw' | 'zero'; readonly out?: Float64Array },
): Float64Array {
  const moments = pairedMoments(rewards, valid, groups, false)
  const { count, pairs } = moments
  for (let group = 0, at = 0; group < groups.count; group++, at += 2) {
    const members = count[group]!
    if (members > 1) pairs[at + 1] = members / (members - 1)
    else {
      pairs[at] = 0
      pairs[at + 1] = single === 'raw' ? 1 : 0
    }
  }
  applyPairs(rewards, valid, groups, pairs, out)
  releaseMoments(moments)
  return out
}

export const rloo = defineAdvantage({
  name: 'rloo',
  summary: 'Reward minus the mean reward of the other rollouts of its group.',
  paper: {
    slug: '00-baselines',
    title: 'Back to Basics: Revisiting REINFORCE Style Optimization',
    source: 'verl compute_rloo_outcome_advantage; TRL rloo_trainer.py',
  },
  formula: 'r_i − mean of r_j over the others of the group',
  range: 'unbounded',
  aliases: ['leave one out', 'reinforce leave-one-out'],
  scope: ({ normalise }) => (normalise ? 'batch' : 'group'),
  takes: 'rollout',
  grain: 'rollout',
  parameters: z.object({
    dialect: z
      .enum(['verl', 'trl'])
      .default('verl')
      .describe('verl: a group of one keeps its reward; trl: it gets 0'),
    single: z
      .enum(['raw', 'zero'])
      .optional()
      .describe('what a group of one gets; the dialect’s if left out'),
    normalise: z
      .boolean()
      .default(false)
      .describe('TRL’s normalize_advantages: (A − mean) / (std + ε) over the batch, unbiased'),
    epsilon: z.number().nonnegative().default(1e-4).describe('ε of the batch normalisation'),
  }),
  warnings: normalisedAgain,
  examples: [
    { title: 'one right of three', input: { column: [1, 0, 0] }, result: [1, -0.5, -0.5] },
    {
      title: 'a group of one in TRL’s dialect',
      parameters: { dialect: 'trl' },
      input: { column: [3, 1, 2], groups: ['a', 'b', 'b'] },
      result: [0, -1, 1],
    },
  ],
  apply({ rewards, groups }, { dialect, normalise, epsilon, single = dialect === 'verl' ? 'raw' : 'zero' }) {
    const values = leaveOneOutAdvantages(rewards.values, rewards.valid, groups, { single })
    if (normalise) standardiseBatch(values, rewards.valid, epsilon)
    return { advantages: rolloutAdvantages(rewards, values) }
  },
})
