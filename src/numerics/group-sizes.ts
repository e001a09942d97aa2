/** How many rows each group has, valid or not; counted once for a `Groups` and kept with it. */
import type { Groups } from './grouped.ts'

const known = new WeakMap<Groups, Int32Array>()

/**
 * Number of rows of every group.
 *
 * @example [...groupSizes({ count: 2, of: Int32Array.of(0, 1, 0) })] // [2, 1]
 */
export function groupSizes(groups: Groups): Int32Array {
  const before = known.get(groups)
  if (before !== undefined) return before
  const sizes = new Int32Array(groups.count)
  const { of } = groups
  for (let row = 0; row < of.length; row++) sizes[of[row]!]!++
  known.set(groups, sizes)
  return sizes
}
