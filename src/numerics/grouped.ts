/**
 * Groups of rows as typed arrays: which rollouts share a prompt, and reductions inside each group that never sort,
 * never allocate per row, and take group ids in any order.
 */
import { GuerdonError } from '../records/error.ts'
import { pairedMoments } from './paired-moments.ts'

/** `of[row]` is the number of the row's group, 0 … count − 1. Numbers need not appear in order. */
export interface Groups {
  readonly count: number
  readonly of: Int32Array
}

/** Rows listed group by group: group g holds `rows[offsets[g]] … rows[offsets[g + 1] − 1]`, in row order. */
export interface GroupMembers {
  readonly offsets: Int32Array
  readonly rows: Int32Array
}

/**
 * Groups from ids in any order. Strings are numbered by first appearance. Non-negative integers below 4·n are taken
 * as group numbers unchanged (no copy for an Int32Array, an id that no row has is an empty group); other numbers are
 * renumbered by first appearance.
 *
 * @example groupsFromIds(['a', 'b', 'a']) // { count: 2, of: Int32Array [0, 1, 0] }
 */
export function groupsFromIds(ids: Int32Array | ArrayLike<number> | readonly string[]): Groups {
  const size = ids.length
  if (typeof ids[0] !== 'string') {
    const direct = denseIds(ids as ArrayLike<number>)
    if (direct !== undefined) return direct
  }
  const numbers = new Map<number | string, number>()
  const of = new Int32Array(size)
  for (let row = 0; row < size; row++) {
    const id = ids[row] as number | string
    let group = numbers.get(id)
    if (group === undefined) {
      group = numbers.size
      numbers.set(id, group)
    }
    of[row] = group
  }
  return { count: numbers.size, of }
}

function denseIds(ids: ArrayLike<number>): Groups | undefined {
  const size = ids.length
  const limit = 4 * size
  let largest = -1
  if (ids instanceof Int32Array) {
    let signs = 0
    for (let row = 0; row < size; row++) {
      const id = ids[row]!
      signs |= id
      if (id > largest) largest = id
    }
    return signs < 0 || largest >= limit ? undefined : { count: largest + 1, of: ids }
  }
  for (let row = 0; row < size; row++) {
    const id = ids[row]!
    if (!(id >= 0 && id < limit) || id !== (id | 0)) return undefined
    if (id > largest) largest = id
  }
  return { count: largest + 1, of: Int32Array.from(ids) }
}

/**
 * Groups of consecutive rows, `size` rows each (the layout of TRL: a prompt's generations lie next to each other).
 * A length that is not a multiple of `size` is an error.
 */
export function consecutiveGroups(rows: number, size: number): Groups {
  if (!Number.isInteger(size) || size < 1 || rows % size !== 0) {
    throw new GuerdonError('ARGUMENT_INVALID', `${rows} rows cannot be cut into groups of ${size}`, {
      expected: 'a number of rows that is a multiple of the group size',
    })
  }
  const of = new Int32Array(rows)
  for (let row = 0; row < rows; row++) of[row] = Math.floor(row / size)
  return { count: rows / size, of }
}

const memberLists = new WeakMap<Groups, GroupMembers>()

/** The rows of every group (compressed rows, stable in row order); computed once for a `Groups` and kept with it. */
export function membersOf(groups: Groups): GroupMembers {
  const known = memberLists.get(groups)
  if (known !== undefined) return known
  const { count, of } = groups
  const offsets = new Int32Array(count + 1)
  for (let row = 0; row < of.length; row++) offsets[of[row]! + 1]!++
  for (let group = 0; group < count; group++) offsets[group + 1]! += offsets[group]!
  const next = offsets.slice(0, count)
  const rows = new Int32Array(of.length)
  for (let row = 0; row < of.length; row++) {
    const group = of[row]!
    rows[next[group]!] = row
    next[group]!++
  }
  const members = { offsets, rows }
  memberLists.set(groups, members)
  return members
}

export interface GroupMoments {
  /** valid rows of each group */
  readonly count: Int32Array
  /** mean over valid rows; 0 for a group without any */
  readonly mean: Float64Array
  /** sum of squared deviations from the mean over valid rows (two passes, so equal values give exactly 0) */
  readonly squares: Float64Array
}

/**
 * Count, mean and sum of squared deviations of the valid rows of every group.
 * Two passes over the rows: the second one measures around the group's own mean, so nothing cancels.
 * A constant group gets exactly 0 squares even where rounding would leave a residue of the mean.
 */
export function groupMoments(values: Float64Array, valid: Uint8Array, groups: Groups): GroupMoments {
  const { count, pairs } = pairedMoments(values, valid, groups, true)
  const mean = new Float64Array(groups.count)
  const squares = new Float64Array(groups.count)
  for (let group = 0; group < groups.count; group++) {
    mean[group] = pairs[2 * group]!
    squares[group] = pairs[2 * group + 1]!
  }
  return { count, mean, squares }
}
