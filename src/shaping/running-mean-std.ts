/**
 * Standardises by statistics of everything seen so far, this batch included. Unbounded.
 * Source: paper 36, step 5 (`meanstd`), one of the baselines that preference-as-reward is compared with.
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { groupNormalisationUndoes } from '../kinds/trainer-sentences.ts'
import {
  mergeMoments,
  momentsOf,
  NO_MOMENTS,
  parseMoments,
  type RunningMoments,
  varianceOf,
} from '../numerics/welford.ts'
import { copyColumn, sealColumn } from '../records/column.ts'

/**
 * (r − μ)/sd of the valid entries with the given moments; sd is the biased standard deviation, or 1 where it is 0.
 * Invalid entries get 0.
 *
 * @example standardise(Float64Array.of(3), Uint8Array.of(1), { ...NO_MOMENTS, count: 2, mean: 2, squares: 2 }) // [1]
 */
export function standardise(values: Float64Array, valid: Uint8Array, moments: RunningMoments): Float64Array {
  const scale = Math.sqrt(varianceOf(moments)) || 1
  const standardised = new Float64Array(values.length)
  for (let entry = 0; entry < values.length; entry++) {
    if (valid[entry] === 1) standardised[entry] = (values[entry]! - moments.mean) / scale
  }
  return standardised
}

export const runningMeanStd = defineShaping({
  name: 'running-mean-std',
  summary: 'Subtracts the running mean and divides by the running standard deviation.',
  paper: {
    slug: '36-par',
    title: 'Reward Shaping to Mitigate Reward Hacking in RLHF',
    source: 'trainers/reward_shaper.py, reward_meanstd with RunningStats',
  },
  formula: '(r − μ) / sd, statistics updated with the batch first, biased variance, sd 1 where it is 0',
  range: 'unbounded',
  aliases: ['meanstd', 'running normalisation', 'running whitening'],
  grains: ['rollout', 'step', 'token'],
  scope: 'batch',
  parameters: z.object({}),
  warnings: groupNormalisationUndoes,
  examples: [
    { title: 'the first batch', input: { column: [1, 3, null] }, result: [-1, 1, null] },
    { title: 'one value has no spread', input: { column: [7] }, result: [0] },
  ],
  stateful: {
    initial: (): RunningMoments => NO_MOMENTS,
    apply(column, _parameters, _context, seen: RunningMoments) {
      const state = mergeMoments(parseMoments(seen), momentsOf(column.values, column.valid))
      const result = copyColumn(column)
      result.values.set(standardise(column.values, column.valid, state))
      return { column: sealColumn(result), state }
    },
  },
})
