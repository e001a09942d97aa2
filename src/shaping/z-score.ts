/**
 * Standard scores inside a group, over the batch, or against everything seen so far. Unbounded; the mean over the
 * scope's valid entries is 0 (over all batches for `running`). Use it to bring columns to one scale before adding.
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { groupDeviationRescales, groupNormalisationUndoes } from '../kinds/trainer-sentences.ts'
import { type Groups, groupMoments } from '../numerics/grouped.ts'
import {
  mergeMoments,
  momentsOf,
  NO_MOMENTS,
  parseMoments,
  type RunningMoments,
  varianceOf,
} from '../numerics/welford.ts'
import { copyColumn, sealColumn } from '../records/column.ts'
import { GuerdonError } from '../records/error.ts'

export interface DeviationOptions {
  /** added to the standard deviation */
  readonly epsilon: number
  /** unbiased divides the squares by n − 1 (0 for n = 1), biased by n */
  readonly deviation: 'unbiased' | 'biased'
}

/** 1/(std + ε), or 0 where that would be 1/0: entries without spread get 0. */
function scaleOf(variance: number, epsilon: number): number {
  const deviation = Math.sqrt(variance) + epsilon
  return deviation === 0 ? 0 : 1 / deviation
}

/**
 * (r − mean_g)/(std_g + ε) of n rewards in their groups, in any order. Invalid rows take no part and get 0, and so
 * does a group without spread.
 *
 * @example groupStandardScores(Float64Array.of(1, 3), Uint8Array.of(1, 1), { count: 1, of: Int32Array.of(0, 0) },
 *   { epsilon: 0, deviation: 'biased' }) // [−1, 1]
 */
export function groupStandardScores(
  values: Float64Array,
  valid: Uint8Array,
  groups: Groups,
  { epsilon, deviation }: DeviationOptions,
): Float64Array {
  const { count, mean, squares } = groupMoments(values, valid, groups)
  const scale = squares
  for (let group = 0; group < groups.count; group++) {
    const divisor = deviation === 'biased' ? count[group]! : count[group]! - 1
    scale[group] = scaleOf(divisor > 0 ? squares[group]! / divisor : 0, epsilon)
  }
  const scores = new Float64Array(values.length)
  for (let row = 0; row < values.length; row++) {
    if (valid[row] === 0) continue
    const group = groups.of[row]!
    scores[row] = (values[row]! - mean[group]!) * scale[group]!
  }
  return scores
}

/**
 * (r − mean)/(std + ε) of the valid entries with given moments; 0 for invalid entries and where there is no spread.
 *
 * @example standardScores(Float64Array.of(3), Uint8Array.of(1), { ...NO_MOMENTS, count: 2, mean: 2, squares: 2 },
 *   { epsilon: 0, deviation: 'biased' }) // [1]
 */
export function standardScores(
  values: Float64Array,
  valid: Uint8Array,
  moments: RunningMoments,
  { epsilon, deviation }: DeviationOptions,
): Float64Array {
  const scale = scaleOf(varianceOf(moments, deviation), epsilon)
  const scores = new Float64Array(values.length)
  for (let entry = 0; entry < values.length; entry++) {
    if (valid[entry] === 1) scores[entry] = (values[entry]! - moments.mean) * scale
  }
  return scores
}

export const zScore = defineShaping({
  name: 'z-score',
  summary: 'Distance from the mean in standard deviations, by group, by batch or over all batches so far.',
  formula: '(r − mean) / (std + ε)',
  range: 'unbounded',
  aliases: ['standardise', 'whiten', 'normalise', 'standard score'],
  grains: ({ within }) => (within === 'group' ? ['rollout'] : ['rollout', 'step', 'token']),
  scope: ({ within }) => (within === 'group' ? 'group' : 'batch'),
  parameters: z.object({
    within: z
      .enum(['group', 'batch', 'running'])
      .default('group')
      .describe('group: rollout columns only; running: statistics of all batches so far, this one included'),
    epsilon: z.number().nonnegative().default(1e-8).describe('added to the standard deviation'),
    deviation: z.enum(['unbiased', 'biased']).default('unbiased').describe('divides by n − 1 or by n'),
  }),
  warnings: (trainer, { within }) =>
    within === 'group' ? groupDeviationRescales(trainer) : groupNormalisationUndoes(trainer),
  examples: [
    {
      title: 'two groups, each by itself',
      parameters: { epsilon: 0 },
      input: { column: [1, 5, 0, null, 2], groups: ['a', 'b', 'a', 'a', 'b'] },
      result: [Math.SQRT1_2, Math.SQRT1_2, -Math.SQRT1_2, null, -Math.SQRT1_2],
      tolerance: 1e-15,
    },
    {
      title: 'the whole batch',
      parameters: { within: 'batch', epsilon: 0, deviation: 'biased' },
      input: { column: [1, 3], groups: ['a', 'b'] },
      result: [-1, 1],
    },
    { title: 'no spread', input: { column: [2, 2] }, result: [0, 0] },
  ],
  stateful: {
    initial: (): RunningMoments => NO_MOMENTS,
    apply(column, { within, ...options }, { groups }, seen: RunningMoments) {
      const { values, valid } = column
      const result = copyColumn(column)
      if (within === 'group') {
        if (column.offsets !== undefined) {
          throw new GuerdonError('ARGUMENT_INVALID', 'z-score within groups needs one value a rollout', {
            expected: 'a rollout column, or within: batch',
            found: `a column of grain ${column.grain}`,
          })
        }
        result.values.set(groupStandardScores(values, valid, groups, options))
        return { column: sealColumn(result), state: seen }
      }
      const batch = momentsOf(values, valid)
      const state = within === 'running' ? mergeMoments(parseMoments(seen), batch) : seen
      result.values.set(standardScores(values, valid, within === 'running' ? state : batch, options))
      return { column: sealColumn(result), state }
    },
  },
})
