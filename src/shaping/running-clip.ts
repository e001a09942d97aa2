/**
 * Clips to one standard deviation around the mean of everything seen so far, this batch included.
 * Range [μ − sd, μ + sd]. Source: paper 36, step 5 (`clip`).
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { groupDeviationRescales } from '../kinds/trainer-sentences.ts'
import {
  mergeMoments,
  momentsOf,
  NO_MOMENTS,
  parseMoments,
  type RunningMoments,
  varianceOf,
} from '../numerics/welford.ts'
import { copyColumn } from '../records/column.ts'

/**
 * min(max(r, μ − w·sd), μ + w·sd) of the valid entries, sd the biased standard deviation. Invalid entries get 0.
 *
 * @example clipAroundMean(Float64Array.of(9), Uint8Array.of(1), { ...NO_MOMENTS, count: 2, mean: 2, squares: 2 }, 1) // [3]
 */
export function clipAroundMean(
  values: Float64Array,
  valid: Uint8Array,
  moments: RunningMoments,
  width: number,
): Float64Array {
  const reach = width * Math.sqrt(varianceOf(moments))
  const low = moments.mean - reach
  const high = moments.mean + reach
  const clipped = new Float64Array(values.length)
  for (let entry = 0; entry < values.length; entry++) {
    if (valid[entry] === 1) clipped[entry] = Math.min(Math.max(values[entry]!, low), high)
  }
  return clipped
}

export const runningClip = defineShaping({
  name: 'running-clip',
  summary: 'Bounds rewards to the running mean plus or minus the running standard deviation.',
  paper: {
    slug: '36-par',
    title: 'Reward Shaping to Mitigate Reward Hacking in RLHF',
    source: 'trainers/reward_shaper.py, reward_clip with RunningStats',
  },
  formula:
    'min(max(r, μ − width · sd), μ + width · sd), statistics updated with the batch first, biased variance',
  range: '[μ − width · sd, μ + width · sd]',
  aliases: ['running clipping', 'winsorise'],
  grains: ['rollout', 'step', 'token'],
  scope: 'batch',
  parameters: z.object({
    width: z.number().positive().default(1).describe('half the width of the range, in standard deviations'),
  }),
  warnings: groupDeviationRescales,
  examples: [
    {
      title: 'the first batch: mean 2, standard deviation √2',
      input: { column: [0, 2, 2, 4, null] },
      result: [2 - Math.SQRT2, 2, 2, 2 + Math.SQRT2, null],
      tolerance: 1e-15,
    },
  ],
  stateful: {
    initial: (): RunningMoments => NO_MOMENTS,
    apply(column, { width }, _context, seen: RunningMoments) {
      const state = mergeMoments(parseMoments(seen), momentsOf(column.values, column.valid))
      const result = copyColumn(column)
      result.values.set(clipAroundMean(column.values, column.valid, state, width))
      return { column: result, state }
    },
  },
})
