/** Groups of a frame, told apart by step: the same prompt sampled again at a later step is another group. */
import { type Groups, membersOf } from '../../../numerics/grouped.ts'
import type { NumberFrame } from '../../../store/store.ts'

/**
 * Numbers the pairs of group and step, in the order of their first rows. Rows that name no step share a group when
 * their group's name does.
 */
export function stepGroupsOf({ group, step }: Pick<NumberFrame, 'group' | 'step'>): Groups {
  const stepNumbers = new Map<number, number>()
  const pairs = new Map<number, number>()
  const of = new Int32Array(group.length)
  let names = 0
  for (const number of group) if (number >= names) names = number + 1
  for (let row = 0; row < group.length; row++) {
    // A Map holds NaN as one key.
    let stepNumber = stepNumbers.get(step[row]!)
    if (stepNumber === undefined) {
      stepNumber = stepNumbers.size
      stepNumbers.set(step[row]!, stepNumber)
    }
    const pair = stepNumber * names + group[row]!
    let number = pairs.get(pair)
    if (number === undefined) {
      number = pairs.size
      pairs.set(pair, number)
    }
    of[row] = number
  }
  return { count: pairs.size, of }
}

export interface Spread {
  /** groups with at least two valid rows */
  readonly comparable: number
  /** of those, the ones whose valid values are all equal */
  readonly equal: number
}

/** How many groups of at least two valid rows have different values, and how many do not. NaN = invalid. */
export function spreadOf(values: Float64Array, groups: Groups): Spread {
  const { offsets, rows } = membersOf(groups)
  let comparable = 0
  let equal = 0
  for (let group = 0; group < groups.count; group++) {
    let valid = 0
    let least = Number.POSITIVE_INFINITY
    let largest = Number.NEGATIVE_INFINITY
    for (let place = offsets[group]!; place < offsets[group + 1]!; place++) {
      const value = values[rows[place]!]!
      if (Number.isNaN(value)) continue
      valid++
      if (value < least) least = value
      if (value > largest) largest = value
    }
    if (valid < 2) continue
    comparable++
    if (least === largest) equal++
  }
  return { comparable, equal }
}
