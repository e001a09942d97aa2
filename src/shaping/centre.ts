/**
 * Subtracts the level of a prompt's reference completions, so that scores of different prompts can be compared.
 * Unbounded. Sources: paper 06 (quantile of base samples), paper 36 (mean of the first references).
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { groupMeanUndoes } from '../kinds/trainer-sentences.ts'
import { normalQuantile } from '../numerics/normal-distribution.ts'
import { quantile } from '../numerics/quantile.ts'
import { type Column, copyColumn, sealColumn } from '../records/column.ts'
import { firstReference, REFERENCES_INPUT, referencesFor, writeOrReject } from './references.ts'

export interface ReferenceLevelOptions {
  readonly statistic: 'mean' | 'median' | 'quantile' | 'normal-quantile'
  /** for the two quantiles */
  readonly q: number
  /** added to the standard deviation, normal-quantile only */
  readonly guard: number
  /** how many references of a rollout are used, from the first; all if left out */
  readonly references?: number | undefined
}

/**
 * The level of each rollout's references: their mean, median, linearly interpolated q-quantile, or the q-quantile of
 * the normal distribution with their mean and unbiased standard deviation, mean + Φ⁻¹(q)·(std + guard).
 * With one reference every statistic is its score; equal references give that score, but for normal-quantile, which
 * adds Φ⁻¹(q)·guard as the authors' code does. NaN for a rollout without a valid reference.
 * Source: paper 06, "reference"; PAR trainers/reward_shaper.py, reward_lsc and reward_centered.
 *
 * @param references ragged column of scores, one list a rollout
 * @param rollouts number of rollouts
 * @example referenceLevels(raggedColumnOf('step', [[1, 3]]), 1, { statistic: 'mean', q: 0.85, guard: 1e-5 }) // [2]
 */
export function referenceLevels(
  references: Column,
  rollouts: number,
  { statistic, q, guard, references: limit = Number.POSITIVE_INFINITY }: ReferenceLevelOptions,
): Float64Array {
  const levels = new Float64Array(rollouts)
  const kept = new Float64Array(longestList(references, rollouts))
  const z = statistic === 'normal-quantile' ? normalQuantile(q) : 0
  for (let row = 0; row < rollouts; row++) {
    const end = firstReference(references, row + 1)
    let count = 0
    let sum = 0
    for (let entry = firstReference(references, row); entry < end && count < limit; entry++) {
      if (references.valid[entry] === 0) continue
      kept[count++] = references.values[entry]!
      sum += references.values[entry]!
    }
    if (count === 0) levels[row] = Number.NaN
    else if (count === 1) levels[row] = kept[0]!
    else if (statistic === 'mean') levels[row] = sum / count
    else if (statistic === 'median') levels[row] = quantile(kept, 0, count, 0.5)
    else if (statistic === 'quantile') levels[row] = quantile(kept, 0, count, q)
    else levels[row] = sum / count + z * (unbiasedDeviation(kept, count, sum / count) + guard)
  }
  return levels
}

function longestList(references: Column, rollouts: number): number {
  let longest = 1
  for (let row = 0; row < rollouts; row++) {
    longest = Math.max(longest, firstReference(references, row + 1) - firstReference(references, row))
  }
  return longest
}

function unbiasedDeviation(values: Float64Array, count: number, mean: number): number {
  let squares = 0
  for (let entry = 0; entry < count; entry++) squares += (values[entry]! - mean) ** 2
  return Math.sqrt(squares / (count - 1))
}

export const centre = defineShaping({
  name: 'centre',
  summary: 'Subtracts the level of the prompt’s reference completions (or a constant).',
  paper: {
    slug: '06-transforming-combining',
    title: 'Transforming and Combining Rewards for Aligning Large Language Models',
    source: 'reference reward; paper 36 step 3 for the mean',
  },
  formula: 'r − level(r_ref)',
  range: 'unbounded',
  aliases: ['center', 'centered', 'baseline', 'subtract reference'],
  grains: ['rollout'],
  scope: 'row',
  parameters: z.object({
    on: z.literal('references').default('references').describe('what the level is taken from'),
    statistic: z
      .enum(['mean', 'median', 'quantile', 'normal-quantile', 'value'])
      .default('quantile')
      .describe(
        'quantile: of the reference scores, linear; normal-quantile: mean + Φ⁻¹(q)·(unbiased std + guard); value: a constant',
      ),
    q: z.number().gt(0).lt(1).default(0.85).describe('which quantile; paper 06 uses 0.85'),
    value: z.number().default(0).describe('the constant of statistic value'),
    references: z
      .number()
      .int()
      .positive()
      .optional()
      .describe('how many references are used, from the first; all if left out'),
    guard: z
      .number()
      .nonnegative()
      .default(1e-5)
      .describe('added to the standard deviation by normal-quantile'),
  }),
  inputs: ({ statistic }) => (statistic === 'value' ? {} : REFERENCES_INPUT),
  warnings: groupMeanUndoes,
  examples: [
    {
      title: 'median of three references',
      parameters: { statistic: 'median' },
      input: { column: [2, 2, null], inputs: { references: [[0, 1, 5], [], [1]] } },
      result: [1, null, null],
    },
    {
      title: 'the 0.85 quantile, interpolated',
      input: { column: [1], inputs: { references: [[0, 1]] } },
      result: [0.15],
      tolerance: 1e-15,
    },
  ],
  apply(column, { statistic, q, value, references: limit, guard }, { inputs }) {
    const result = copyColumn(column)
    const { values, valid } = result
    if (statistic === 'value') {
      for (let row = 0; row < values.length; row++) if (valid[row] === 1) values[row]! -= value
      return sealColumn(result)
    }
    const references = referencesFor(column, inputs)
    const centred = referenceLevels(references, values.length, { statistic, q, guard, references: limit })
    for (let row = 0; row < values.length; row++) centred[row] = values[row]! - centred[row]!
    return sealColumn(writeOrReject(result, centred, references))
  },
})
