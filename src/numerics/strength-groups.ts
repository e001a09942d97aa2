/** Pairs in ascending order of strength, cut into near-equal groups: the picture of a data set's label quality. */
import { GuerdonError } from '../records/error.ts'
import { ascendingOrder } from './ascending-order.ts'

export interface StrengthGroups {
  readonly size: Int32Array
  /** mean of μ̂ in the group; NaN never: groups beyond the number of pairs are left out */
  readonly mean: Float64Array
  /** mean of σ̂ in the group */
  readonly std: Float64Array
  /** the group of each pair */
  readonly of: Int32Array
}

/** The sizes of `groups` near-equal parts of `size`, the first ones larger by one; at most `size` parts. */
export function groupSizes(size: number, groups: number): Int32Array {
  if (!Number.isSafeInteger(groups) || groups < 1) {
    throw new GuerdonError('ARGUMENT_INVALID', 'is no number of groups', {
      where: { field: 'groups' },
      found: groups,
      expected: 'a whole number from 1',
    })
  }
  const parts = Math.min(groups, size)
  const sizes = new Int32Array(parts)
  for (let part = 0; part < parts; part++)
    sizes[part] = Math.floor(size / parts) + (part < size % parts ? 1 : 0)
  return sizes
}

/**
 * Sorts N pairs by their mean strength and cuts them into groups (20 in the paper) of ⌈N/G⌉ or ⌊N/G⌋ pairs, the first
 * ones larger by one; with fewer pairs than groups every pair is a group. Source: paper 16, figure 2 and section A.
 *
 * @throws GuerdonError ARGUMENT_INVALID for means that are not finite, lists of unequal length, groups below 1
 * @example strengthGroups([3, 1, 2], [0, 0, 0], 2).size // [2, 1]
 */
export function strengthGroups(mean: ArrayLike<number>, std: ArrayLike<number>, groups = 20): StrengthGroups {
  if (std.length !== mean.length) {
    throw new GuerdonError('ARGUMENT_INVALID', 'every pair needs a mean and a standard deviation', {
      found: `${mean.length} means, ${std.length} deviations`,
    })
  }
  const order = ascendingOrder(mean)
  const size = groupSizes(mean.length, groups)
  const means = new Float64Array(size.length)
  const stds = new Float64Array(size.length)
  const of = new Int32Array(mean.length)
  let rank = 0
  for (let group = 0; group < size.length; group++) {
    for (const end = rank + size[group]!; rank < end; rank++) {
      const pair = order[rank]!
      of[pair] = group
      means[group]! += mean[pair]! / size[group]!
      stds[group]! += std[pair]! / size[group]!
    }
  }
  return { size, mean: means, std: stds, of }
}
