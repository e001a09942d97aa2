/**
 * Pass@k advantage: only the best rollout of a group is rewarded, by its lead over the second best. For policies
 * that are judged by their best of k. Range [0, ∞).
 */
import { z } from 'zod'
import { defineAdvantage } from '../kinds/advantage.ts'
import { normalisedAgain } from '../kinds/trainer-sentences.ts'
import { type Groups, groupMoments } from '../numerics/grouped.ts'
import { copyColumn, invalidate } from '../records/column.ts'
import { GuerdonError } from '../records/error.ts'
import { rolloutAdvantages } from './advantage-columns.ts'

export interface BestOfGroupOptions {
  /** added to the standard deviation */
  readonly epsilon: number
  /** divide the lead by the group's standard deviation (unbiased); false: the lead itself */
  readonly divideByStandardDeviation?: boolean
}

/**
 * (r_max − r_second) / (std_g + ε) for the best valid row of each group, 0 for the others; of equal best rows the
 * first one wins (and gets 0, having no lead).
 * Source: verl core_algos.py `compute_grpo_passk_outcome_advantage`.
 *
 * @throws GuerdonError ARGUMENT_INVALID for a group with a single valid row
 * @example bestOfGroupAdvantages(Float64Array.of(1, 0), Uint8Array.of(1, 1), { count: 1, of: Int32Array.of(0, 0) },
 *   { epsilon: 0 }) // ≈ [1.4142, 0]
 */
export function bestOfGroupAdvantages(
  rewards: Float64Array,
  valid: Uint8Array,
  groups: Groups,
  { epsilon, divideByStandardDeviation = true }: BestOfGroupOptions,
): Float64Array {
  const { count, squares } = groupMoments(rewards, valid, groups)
  const best = new Int32Array(groups.count).fill(-1)
  const second = new Float64Array(groups.count).fill(Number.NEGATIVE_INFINITY)
  for (let row = 0; row < rewards.length; row++) {
    if (valid[row] === 0) continue
    const group = groups.of[row]!
    const value = rewards[row]!
    if (best[group] === -1) best[group] = row
    else if (value > rewards[best[group]!]!) {
      second[group] = rewards[best[group]!]!
      best[group] = row
    } else if (value > second[group]!) second[group] = value
  }
  const advantages = new Float64Array(rewards.length)
  for (let group = 0; group < groups.count; group++) {
    const members = count[group]!
    if (members === 0) continue
    if (members === 1) {
      throw new GuerdonError('ARGUMENT_INVALID', 'a group of one has no second best rollout', {
        expected: 'two or more valid rollouts in each group',
      })
    }
    const lead = rewards[best[group]!]! - second[group]!
    const deviation = divideByStandardDeviation ? Math.sqrt(squares[group]! / (members - 1)) + epsilon : 1
    advantages[best[group]!] = lead === 0 ? 0 : lead / deviation
  }
  return advantages
}

export const passAtK = defineAdvantage({
  name: 'pass-at-k',
  summary: 'Rewards only the best rollout of a group, by its lead over the second best.',
  paper: { slug: '00-baselines', title: 'verl', source: 'compute_grpo_passk_outcome_advantage' },
  formula: '(r_max − r_second) / (std_g + ε) for the best, 0 for the others',
  range: '[0, ∞)',
  aliases: ['pass@k', 'grpo_passk', 'grpo-passk', 'best of k'],
  scope: 'group',
  takes: 'rollout',
  grain: 'rollout',
  parameters: z.object({
    epsilon: z.number().nonnegative().default(1e-6).describe('added to the standard deviation'),
    divideByStandardDeviation: z.boolean().default(true).describe('false: the lead itself'),
    single: z
      .enum(['invalid', 'fail'])
      .default('invalid')
      .describe('a group of one has no second best: its row is invalid, or the batch fails (verl)'),
  }),
  warnings: normalisedAgain,
  examples: [
    {
      title: 'the lead of the best',
      parameters: { divideByStandardDeviation: false },
      input: { column: [0.25, 1, 0.75] },
      result: [0, 0.25, 0],
    },
    {
      title: 'a group of one',
      input: { column: [1, 1, 1], groups: ['a', 'a', 'b'] },
      result: [0, 0, null],
    },
  ],
  apply({ rewards, groups }, { single, ...options }) {
    const usable = copyColumn(rewards)
    if (single === 'invalid') {
      const { count } = groupMoments(rewards.values, rewards.valid, groups)
      for (let row = 0; row < usable.values.length; row++) {
        if (usable.valid[row] === 1 && count[groups.of[row]!] === 1) {
          invalidate(usable, row, 'a group of one has no second best rollout')
        }
      }
    }
    return {
      advantages: rolloutAdvantages(
        usable,
        bestOfGroupAdvantages(usable.values, usable.valid, groups, options),
      ),
    }
  },
})
