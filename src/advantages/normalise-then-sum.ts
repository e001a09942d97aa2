/**
 * Several rewards, each normalised by itself and then summed, so that a reward of small spread is heard as much as
 * its weight says. Unbounded. Sources: paper 05 (Pref-GRPO, GDPO); TRL `normalize_then_sum`.
 */
import { z } from 'zod'
import { defineAdvantage } from '../kinds/advantage.ts'
import { normalisedAgain } from '../kinds/trainer-sentences.ts'
import type { Groups } from '../numerics/grouped.ts'
import { applyPairs, pairedMoments } from '../numerics/paired-moments.ts'
import { type Column, copyColumn, createColumn, invalidate } from '../records/column.ts'
import { GuerdonError } from '../records/error.ts'
import { namedColumn, rolloutAdvantages } from './advantage-columns.ts'
import { standardiseBatch } from './standardise-batch.ts'

export interface NormaliseThenSumOptions {
  /** added to every standard deviation: 1e-8 in Pref-GRPO, 1e-4 in TRL */
  readonly epsilon: number
  /** standard deviation and mean of the group, or of the whole batch */
  readonly statistics: 'group' | 'batch'
  /** standardise the sum again over the batch */
  readonly renormalise: boolean
  /** a group with one valid row has no standard deviation: its row is invalid, or 0 */
  readonly single: 'invalid' | 'zero'
  /** a row with an invalid reward is invalid, or is summed over those it has (invalid if it has none) */
  readonly missing: 'invalid' | 'skip'
}

export interface SummedAdvantages {
  readonly advantages: Column
  /** the normalised rewards, before their weights */
  readonly parts: readonly Column[]
}

/**
 * A = Σ_k w_k · (r_k − mean_k) / (std_k + ε), unbiased std, statistics over the valid rows of each reward, then
 * optionally (A − mean) / (std + ε) over the batch. Equal rewards of a group get exactly 0.
 * Source: paper 05, fastvideo/rewards/dispatcher.py `compute_weighted_advantages`; TRL grpo_trainer.py.
 *
 * @throws GuerdonError ARGUMENT_INVALID unless there is one weight a reward
 */
export function normaliseThenSumAdvantages(
  rewards: readonly Column[],
  weights: readonly number[],
  groups: Groups,
  { epsilon, statistics, renormalise, single, missing }: NormaliseThenSumOptions,
): SummedAdvantages {
  if (rewards.length === 0 || rewards.length !== weights.length) {
    throw new GuerdonError('ARGUMENT_INVALID', `${rewards.length} rewards have ${weights.length} weights`, {
      expected: 'at least one reward, and one weight for each',
    })
  }
  const size = groups.of.length
  const within = statistics === 'group' ? groups : { count: 1, of: new Int32Array(size) }
  const parts = rewards.map((reward) => standardise(reward, within, epsilon, single))
  const sum = createColumn(size)
  const present = new Uint8Array(size)
  for (const [index, part] of parts.entries()) {
    const weight = weights[index]!
    for (let row = 0; row < size; row++) {
      if (part.valid[row] === 1) {
        sum.values[row]! += weight * part.values[row]!
        present[row] = 1
      } else if (missing === 'invalid') invalidate(sum, row, part.reasons?.[row] ?? 'invalid')
    }
  }
  for (let row = 0; row < size; row++) {
    if (present[row] === 0) invalidate(sum, row, 'no valid reward')
    if (sum.valid[row] === 0) sum.values[row] = 0
  }
  if (renormalise) standardiseBatch(sum.values, sum.valid, epsilon)
  return { advantages: rolloutAdvantages(sum, sum.values), parts }
}

function standardise(reward: Column, groups: Groups, epsilon: number, single: 'invalid' | 'zero'): Column {
  const { count, pairs } = pairedMoments(reward.values, reward.valid, groups, true)
  for (let group = 0, at = 0; group < groups.count; group++, at += 2) {
    const members = count[group]!
    const deviation = members > 1 ? Math.sqrt(pairs[at + 1]! / (members - 1)) : 0
    pairs[at + 1] = deviation > 0 ? 1 / (deviation + epsilon) : 0
  }
  const values = new Float64Array(reward.values.length)
  applyPairs(reward.values, reward.valid, groups, pairs, values)
  const result = rolloutAdvantages(reward, values)
  if (single === 'invalid') {
    for (let row = 0; row < values.length; row++) {
      if (result.valid[row] === 1 && count[groups.of[row]!] === 1) {
        invalidate(result, row, 'a group of one has no standard deviation')
      }
    }
  }
  return result
}

/** A column without the rows whose combined reward is invalid: they are compared with nobody. */
function whereRewarded(column: Column, rewards: Column): Column {
  const result = copyColumn(column)
  for (let row = 0; row < rewards.valid.length; row++) {
    if (rewards.valid[row] === 0) invalidate(result, row, rewards.reasons?.[row] ?? 'invalid reward')
  }
  return result
}

export const normaliseThenSum = defineAdvantage({
  name: 'normalise-then-sum',
  summary: 'Normalises each reward inside the group, then adds them with their weights.',
  paper: {
    slug: '05-pref-grpo',
    title: 'Pref-GRPO: Pairwise Preference Reward-based GRPO for Stable Text-to-Image RL',
    source: 'compute_weighted_advantages; TRL normalize_then_sum',
  },
  formula: 'Σ_k w_k · (r_k − mean_gk) / (std_gk + ε), standardised over the batch if asked',
  range: 'unbounded; [−clip, clip] with clip',
  aliases: ['gdpo', 'normalize_then_sum', 'normalize-then-sum', 'weighted advantages', 'pref-grpo'],
  scope: 'batch',
  takes: 'rollout',
  grain: 'rollout',
  parameters: z.object({
    weights: z
      .record(z.string(), z.number())
      .describe('column → weight; of the combined reward only its validity is used'),
    dialect: z
      .enum(['pref-grpo', 'trl'])
      .default('pref-grpo')
      .describe(
        'pref-grpo: ε 1e-8, missing rewards and groups of one are invalid; trl: ε 1e-4, missing rewards are left out, a group of one gets 0',
      ),
    epsilon: z
      .number()
      .nonnegative()
      .optional()
      .describe('added to the standard deviations; the dialect’s if left out'),
    statistics: z
      .enum(['group', 'batch'])
      .default('group')
      .describe('whose mean and standard deviation each reward is normalised with'),
    renormalise: z
      .boolean()
      .default(true)
      .describe('standardise the sum over the batch again (GDPO, on in both)'),
    clip: z.number().positive().optional().describe('largest size of an advantage; 5 in Pref-GRPO’s trainer'),
  }),
  reads: ({ weights }) => Object.keys(weights),
  warnings: normalisedAgain,
  examples: [
    {
      title: 'a reward of tiny spread is heard as loud as the other',
      parameters: { weights: { large: 1, small: 1 }, renormalise: false },
      input: { column: [0, 0], columns: { large: [1, 0], small: [0.001, 0] } },
      result: [Math.SQRT2, -Math.SQRT2],
      tolerance: 1e-4,
    },
    {
      title: 'TRL leaves out what is missing',
      parameters: { weights: { a: 1, b: 0.5 }, dialect: 'trl', renormalise: false },
      input: { column: [0, 0, 0], columns: { a: [1, 0, null], b: [null, null, null] } },
      result: [0.70701, -0.70701, null],
      tolerance: 1e-4,
    },
  ],
  apply(input, { weights, dialect, statistics, renormalise, clip, epsilon }) {
    const trl = dialect === 'trl'
    const names = Object.keys(weights)
    const { advantages } = normaliseThenSumAdvantages(
      names.map((name) => whereRewarded(namedColumn(input, name), input.rewards)),
      names.map((name) => weights[name]!),
      input.groups,
      {
        epsilon: epsilon ?? (trl ? 1e-4 : 1e-8),
        statistics,
        renormalise,
        single: trl ? 'zero' : 'invalid',
        missing: trl ? 'skip' : 'invalid',
      },
    )
    if (clip !== undefined) {
      const { values } = advantages
      for (let row = 0; row < values.length; row++)
        values[row] = Math.max(-clip, Math.min(clip, values[row]!))
    }
    return { advantages }
  },
})
