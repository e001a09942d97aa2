/** Numbers measured from the mean of their group: the first step of every statistic inside prompts. */
import { type Groups, groupMoments } from './grouped.ts'

/**
 * x̃ = x − mean over its group, for finite numbers all of which count. A group of one gives exactly 0, and so does a
 * group of equal values.
 *
 * @example centreWithin(Float64Array.of(1, 3, 5), { count: 2, of: Int32Array.of(0, 0, 1) }) // [-1, 1, 0]
 */
export function centreWithin(values: Float64Array, groups: Groups): Float64Array {
  const { mean } = groupMoments(values, new Uint8Array(values.length).fill(1), groups)
  const centred = new Float64Array(values.length)
  for (let row = 0; row < values.length; row++) centred[row] = values[row]! - mean[groups.of[row]!]!
  return centred
}

/** Groups that have at least one row among those listed in `of`. */
export function occupiedGroups({ count, of }: Groups): number {
  const seen = new Uint8Array(count)
  let occupied = 0
  for (let row = 0; row < of.length; row++) {
    if (seen[of[row]!] === 1) continue
    seen[of[row]!] = 1
    occupied++
  }
  return occupied
}
