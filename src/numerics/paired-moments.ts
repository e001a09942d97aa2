/**
 * The moments of every group in one interleaved array, and the pass that turns them into centred, scaled rows: the
 * hot path of every advantage that compares a rollout with its group.
 *
 * Rows of a group may lie anywhere, so each pass reads the numbers of a group at random. Mean and squares of a group
 * therefore share a cache line, and four rows are taken a turn so that their loads overlap. Rows that lie in blocks
 * (a prompt's rollouts next to each other) are summed block by block without that.
 */
import { groupSizes } from './group-sizes.ts'
import type { Groups } from './grouped.ts'

export interface PairedMoments {
  /** valid rows of each group */
  readonly count: Int32Array
  /** mean of group g at 2g (0 without valid rows), its sum of squared deviations at 2g + 1 (if asked for) */
  readonly pairs: Float64Array
}

/** Deviations of this size have squares that are 0 in double precision. */
const SQUARE_UNDERFLOWS = 1e-150

/**
 * Gives the memory of moments back at once. Left to the collector, it would be taken afresh at every call, and the
 * first touch of fresh memory costs more than the arithmetic.
 */
export function releaseMoments({ count, pairs }: PairedMoments): void {
  for (const array of [count, pairs]) (array.buffer as ArrayBuffer).transfer(0)
}

/** Whether every entry is 1, four at a time. */
export function allValid(valid: Uint8Array): boolean {
  const aligned = valid.byteOffset % 4 === 0 ? valid.length >> 2 : 0
  const words = new Int32Array(valid.buffer, aligned > 0 ? valid.byteOffset : 0, aligned)
  for (let word = 0; word < aligned; word++) if (words[word] !== 0x01010101) return false
  for (let row = aligned << 2; row < valid.length; row++) if (valid[row] !== 1) return false
  return true
}

/**
 * Count, mean and, if asked for, sum of squared deviations of the valid rows of every group, in two passes.
 * Equal values have exactly their value as mean and 0 squares, whatever rounding does to their sum.
 */
export function pairedMoments(
  values: Float64Array,
  valid: Uint8Array,
  groups: Groups,
  squares: boolean,
): PairedMoments {
  const count = new Int32Array(groups.count)
  const pairs = new Float64Array(2 * groups.count)
  const whole = allValid(valid)
  if (whole && blockMoments(values, groups, count, pairs)) {
    settleEqualGroups(values, valid, groups, count, pairs, true)
    return { count, pairs }
  }
  if (whole && scatteredMoments(values, groups, count, pairs)) return { count, pairs }
  if (whole) addAll(values, groups.of, pairs)
  else addValid(values, valid, groups.of, pairs)
  for (let group = 0, at = 0; group < groups.count; group++, at += 2) {
    const members = pairs[at + 1]!
    count[group] = members
    if (members > 0) pairs[at]! /= members
    pairs[at + 1] = 0
  }
  if (squares) {
    if (whole) squareAll(values, groups.of, pairs)
    else squareValid(values, valid, groups.of, pairs)
  } else noteMembers(values, valid, groups.of, pairs, whole)
  settleEqualGroups(values, valid, groups, count, pairs, squares)
  return { count, pairs }
}

/**
 * Writes (value − a) · b for every valid row, with a = pairs[2g] and b = pairs[2g + 1] of the row's group g, and 0
 * for the others.
 */
export function applyPairs(
  values: Float64Array,
  valid: Uint8Array,
  groups: Groups,
  pairs: Float64Array,
  out: Float64Array,
): void {
  const { of } = groups
  const size = values.length
  let row = 0
  if (allValid(valid)) {
    for (const last = size - 3; row < last; row += 4) {
      const a = of[row]! << 1
      const b = of[row + 1]! << 1
      const c = of[row + 2]! << 1
      const d = of[row + 3]! << 1
      const first = (values[row]! - pairs[a]!) * pairs[a + 1]!
      const second = (values[row + 1]! - pairs[b]!) * pairs[b + 1]!
      const third = (values[row + 2]! - pairs[c]!) * pairs[c + 1]!
      const fourth = (values[row + 3]! - pairs[d]!) * pairs[d + 1]!
      out[row] = first
      out[row + 1] = second
      out[row + 2] = third
      out[row + 3] = fourth
    }
  }
  for (; row < size; row++) {
    const at = of[row]! << 1
    out[row] = valid[row] === 1 ? (values[row]! - pairs[at]!) * pairs[at + 1]! : 0
  }
}

/**
 * Rows that lie in blocks, all of them valid: writes (value − mean) · scale block by block, each block read and written
 * while it is in cache. `scaleOf` turns a block's size and its sum of squared deviations into the scale; a block of one
 * is centred on 0. Returns false as soon as a group comes again; then `out` holds nothing of use.
 */
export function scaleBlocks(
  values: Float64Array,
  groups: Groups,
  scaleOf: (members: number, squares: number) => number,
  out: Float64Array,
): boolean {
  const { of } = groups
  const size = of.length
  const seen = new Uint8Array(groups.count)
  let start = 0
  while (start < size) {
    const group = of[start]!
    if (seen[group] === 1) return false
    seen[group] = 1
    const first = values[start]!
    let sum = first
    let same = true
    let end = start + 1
    for (; end < size && of[end] === group; end++) {
      const value = values[end]!
      sum += value
      same = same && value === first
    }
    const members = end - start
    // Equal values have exactly their value as mean, whatever rounding does to their sum.
    const mean = members === 1 ? 0 : same ? first : sum / members
    let squares = 0
    if (!same) {
      for (let row = start; row < end; row++) {
        const deviation = values[row]! - mean
        squares += deviation * deviation
      }
    }
    const scale = scaleOf(members, squares)
    for (let row = start; row < end; row++) out[row] = (values[row]! - mean) * scale
    start = end
  }
  return true
}

/** Blocks of equal ids, one a group: moments while the block is in cache. False as soon as a group comes again. */
function blockMoments(values: Float64Array, groups: Groups, count: Int32Array, pairs: Float64Array): boolean {
  const { of } = groups
  const size = of.length
  let start = 0
  while (start < size) {
    const group = of[start]!
    if (count[group]! > 0) {
      count.fill(0)
      pairs.fill(0)
      return false
    }
    let sum = values[start]!
    let end = start + 1
    for (; end < size && of[end] === group; end++) sum += values[end]!
    const mean = sum / (end - start)
    let squares = 0
    for (let row = start; row < end; row++) {
      const deviation = values[row]! - mean
      squares += deviation * deviation
    }
    count[group] = end - start
    pairs[2 * group] = mean
    pairs[2 * group + 1] = squares
    start = end
  }
  return true
}

/** Squares that are smaller than this share of the sum they come from have lost digits to cancellation. */
const CANCELLED = 1e-6
/** Sums of squares of whole numbers up to this size are exact, and 0 squares then mean equal values. */
const EXACT_SUM = 2 ** 26

/**
 * Moments in one pass over rows in any order, from sums around the first value of the batch. Cancellation is noticed:
 * then, and for equal values whose sum could not be exact, it gives up and returns false with everything back at 0.
 */
function scatteredMoments(
  values: Float64Array,
  groups: Groups,
  count: Int32Array,
  pairs: Float64Array,
): boolean {
  const sizes = groupSizes(groups)
  const { of } = groups
  const origin = values[0] ?? 0
  for (let row = 0; row < values.length; row++) {
    const at = of[row]! << 1
    const distance = values[row]! - origin
    pairs[at]! += distance
    pairs[at + 1]! += distance * distance
  }
  const exact = allWhole(values)
  for (let group = 0, at = 0; group < groups.count; group++, at += 2) {
    const members = sizes[group]!
    if (members === 0) continue
    const sum = pairs[at]!
    const sumOfSquares = pairs[at + 1]!
    const mean = sum / members
    const squares = sumOfSquares - sum * mean
    const sound = squares > CANCELLED * sumOfSquares || (squares === 0 && exact && sumOfSquares < EXACT_SUM)
    if (!sound && sumOfSquares !== 0) {
      count.fill(0)
      pairs.fill(0)
      return false
    }
    pairs[at] = origin + mean
    pairs[at + 1] = squares
  }
  count.set(sizes)
  return true
}

function allWhole(values: Float64Array): boolean {
  for (let row = 0; row < values.length; row++) if (!Number.isInteger(values[row]!)) return false
  return true
}

function addAll(values: Float64Array, of: Int32Array, pairs: Float64Array): void {
  const size = values.length
  let row = 0
  for (const last = size - 3; row < last; row += 4) {
    const a = of[row]! << 1
    const b = of[row + 1]! << 1
    const c = of[row + 2]! << 1
    const d = of[row + 3]! << 1
    pairs[a]! += values[row]!
    pairs[a + 1]!++
    pairs[b]! += values[row + 1]!
    pairs[b + 1]!++
    pairs[c]! += values[row + 2]!
    pairs[c + 1]!++
    pairs[d]! += values[row + 3]!
    pairs[d + 1]!++
  }
  for (; row < size; row++) {
    const at = of[row]! << 1
    pairs[at]! += values[row]!
    pairs[at + 1]!++
  }
}

function addValid(values: Float64Array, valid: Uint8Array, of: Int32Array, pairs: Float64Array): void {
  for (let row = 0; row < values.length; row++) {
    if (valid[row] !== 1) continue
    const at = of[row]! << 1
    pairs[at]! += values[row]!
    pairs[at + 1]!++
  }
}

function squareAll(values: Float64Array, of: Int32Array, pairs: Float64Array): void {
  const size = values.length
  let row = 0
  for (const last = size - 3; row < last; row += 4) {
    const a = of[row]! << 1
    const b = of[row + 1]! << 1
    const c = of[row + 2]! << 1
    const d = of[row + 3]! << 1
    const first = values[row]! - pairs[a]!
    const second = values[row + 1]! - pairs[b]!
    const third = values[row + 2]! - pairs[c]!
    const fourth = values[row + 3]! - pairs[d]!
    pairs[a + 1]! += first * first
    pairs[b + 1]! += second * second
    pairs[c + 1]! += third * third
    pairs[d + 1]! += fourth * fourth
  }
  for (; row < size; row++) {
    const at = of[row]! << 1
    const deviation = values[row]! - pairs[at]!
    pairs[at + 1]! += deviation * deviation
  }
}

function squareValid(values: Float64Array, valid: Uint8Array, of: Int32Array, pairs: Float64Array): void {
  for (let row = 0; row < values.length; row++) {
    if (valid[row] !== 1) continue
    const at = of[row]! << 1
    const deviation = values[row]! - pairs[at]!
    pairs[at + 1]! += deviation * deviation
  }
}

/** Puts the last valid value of each group where its squares would be. */
function noteMembers(
  values: Float64Array,
  valid: Uint8Array,
  of: Int32Array,
  pairs: Float64Array,
  whole: boolean,
): void {
  const size = values.length
  let row = 0
  if (whole) {
    for (const last = size - 3; row < last; row += 4) {
      const a = of[row]! << 1
      const b = of[row + 1]! << 1
      const c = of[row + 2]! << 1
      const d = of[row + 3]! << 1
      pairs[a + 1] = values[row]!
      pairs[b + 1] = values[row + 1]!
      pairs[c + 1] = values[row + 2]!
      pairs[d + 1] = values[row + 3]!
    }
  }
  for (; row < size; row++) if (valid[row] === 1) pairs[(of[row]! << 1) + 1] = values[row]!
}

/**
 * The mean of equal values must be that value: 0.1 + 0.1 + 0.1 divided by 3 is not 0.1. A group whose squares (or
 * whose distance between the mean and one member, held in the same place) are no larger than rounding could make
 * them is looked at again; most batches have none, so the pass over the rows is seldom run.
 */
function settleEqualGroups(
  values: Float64Array,
  valid: Uint8Array,
  groups: Groups,
  count: Int32Array,
  pairs: Float64Array,
  squares: boolean,
): void {
  let suspects: Uint8Array | undefined
  for (let group = 0, at = 0; group < groups.count; group++, at += 2) {
    const members = count[group]!
    if (members < 2) continue
    const mean = pairs[at]!
    const rounding = members * Number.EPSILON * Math.abs(mean)
    const spread = pairs[at + 1]!
    const suspect = squares
      ? (spread > 0 || rounding < SQUARE_UNDERFLOWS) && spread <= members * rounding * rounding
      : Math.abs(spread - mean) <= rounding && spread !== mean
    if (suspect && mean !== 0) {
      suspects ??= new Uint8Array(groups.count)
      suspects[group] = 1
    }
  }
  if (suspects === undefined) return
  const { of } = groups
  const reference = new Float64Array(groups.count)
  // 1: not seen yet, 2: all equal to the reference so far, 0: no suspect, or two values differ.
  for (let row = 0; row < values.length; row++) {
    const group = of[row]!
    if (suspects[group] === 0 || valid[row] !== 1) continue
    if (suspects[group] === 1) {
      reference[group] = values[row]!
      suspects[group] = 2
    } else if (values[row] !== reference[group]) suspects[group] = 0
  }
  for (let group = 0; group < groups.count; group++) {
    if (suspects[group] !== 2) continue
    pairs[2 * group] = reference[group]!
    pairs[2 * group + 1] = squares ? 0 : reference[group]!
  }
}
