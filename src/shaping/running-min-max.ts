/**
 * Maps the range of everything seen so far, this batch included, to [0, 1].
 * Source: paper 36, step 5 (`minmax`); extremes start at ∓∞ where the authors' code starts at ∓10000.
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
} from '../numerics/welford.ts'
import { copyColumn, sealColumn } from '../records/column.ts'

/**
 * (r − minimum)/(maximum − minimum) of the valid entries; 0.5 where minimum and maximum are equal. Invalid entries
 * get 0.
 *
 * @example scaleToRange(Float64Array.of(3), Uint8Array.of(1), 2, 6) // [0.25]
 */
export function scaleToRange(
  values: Float64Array,
  valid: Uint8Array,
  minimum: number,
  maximum: number,
): Float64Array {
  const width = maximum - minimum
  const scaled = new Float64Array(values.length)
  for (let entry = 0; entry < values.length; entry++) {
    if (valid[entry] === 1) scaled[entry] = width === 0 ? 0.5 : (values[entry]! - minimum) / width
  }
  return scaled
}

export const runningMinMax = defineShaping({
  name: 'running-min-max',
  summary: 'Maps the range of all rewards seen so far to [0, 1].',
  paper: {
    slug: '36-par',
    title: 'Reward Shaping to Mitigate Reward Hacking in RLHF',
    source: 'trainers/reward_shaper.py, reward_minmax with RunningStats',
  },
  formula: '(r − min) / (max − min), extremes updated with the batch first; 0.5 while all are equal',
  range: '[0, 1]',
  aliases: ['minmax', 'min-max scaling'],
  grains: ['rollout', 'step', 'token'],
  scope: 'batch',
  parameters: z.object({}),
  warnings: groupNormalisationUndoes,
  examples: [
    { title: 'the first batch', input: { column: [2, 3, 6, null] }, result: [0, 0.25, 1, null] },
    { title: 'all equal so far', input: { column: [4, 4] }, result: [0.5, 0.5] },
  ],
  stateful: {
    initial: (): RunningMoments => NO_MOMENTS,
    apply(column, _parameters, _context, seen: RunningMoments) {
      const state = mergeMoments(parseMoments(seen), momentsOf(column.values, column.valid))
      const result = copyColumn(column)
      if (state.count === 0) return { column: result, state }
      result.values.set(scaleToRange(column.values, column.valid, state.minimum!, state.maximum!))
      if (state.minimum === state.maximum) {
        result.reasons ??= []
        for (let entry = 0; entry < result.valid.length; entry++) {
          if (result.valid[entry] === 1) result.reasons[entry] = 'all rewards equal so far'
        }
      }
      return { column: sealColumn(result), state }
    },
  },
})
