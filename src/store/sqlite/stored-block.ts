/**
 * A block of rows as SQLite keeps it: the numbers that aggregates read, and beside them what a page of rows is picked
 * by, so that picking rows out of a million reads some tens of megabytes and no text.
 */
import { FIXED_COLUMNS, keepRows, type NumberBlock } from '../number-block.ts'

/** Rows of one run in the order of storing. */
export interface StoredBlock {
  readonly numbers: NumberBlock
  /** row → number of its batch */
  readonly batches: Float64Array
  /** row → `shortHash` of its id */
  readonly ids: Uint32Array
}

/** What pages are picked by, read back: parallel to the rows of a block. */
export interface RowIndex {
  readonly sequences: Float64Array
  /** NaN = the row names no step */
  readonly steps: Float64Array
  /** NaN = invalid */
  readonly rewards: Float64Array
  readonly batches: Float64Array
  /** row → place in the block's `groups` */
  readonly groups: Uint32Array
  readonly ids: Uint32Array
}

/** Limits of a block's values, by which whole blocks are passed over; null when no row has one. */
export interface BlockLimits {
  readonly validCount: number
  readonly leastReward: number | null
  readonly largestReward: number | null
  readonly leastStep: number | null
  readonly largestStep: number | null
}

/** eight bytes each for sequence, step, reward and batch, four each for group and id */
const ROW_BYTES = 40

function rewardsOf({ rows, names, values }: NumberBlock): Float64Array {
  const start = (names.indexOf('reward') + FIXED_COLUMNS) * rows
  return values.subarray(start, start + rows)
}

/** The bytes of a block's row index. */
export function writeRowIndex({ numbers, batches, ids }: StoredBlock): Uint8Array {
  const { rows, values } = numbers
  const bytes = new Uint8Array(rows * ROW_BYTES)
  const doubles = new Float64Array(bytes.buffer, 0, 4 * rows)
  doubles.set(values.subarray(0, 2 * rows))
  doubles.set(rewardsOf(numbers), 2 * rows)
  doubles.set(batches, 3 * rows)
  const wholes = new Uint32Array(bytes.buffer, 32 * rows)
  for (let row = 0; row < rows; row++) wholes[row] = values[2 * rows + row]!
  wholes.set(ids, rows)
  return bytes
}

export function readRowIndex(stored: Uint8Array): RowIndex {
  const { buffer, byteOffset } = stored.byteOffset % 8 === 0 ? stored : stored.slice()
  const rows = stored.byteLength / ROW_BYTES
  const doubles = (column: number): Float64Array =>
    new Float64Array(buffer, byteOffset + 8 * column * rows, rows)
  return {
    sequences: doubles(0),
    steps: doubles(1),
    rewards: doubles(2),
    batches: doubles(3),
    groups: new Uint32Array(buffer, byteOffset + 32 * rows, rows),
    ids: new Uint32Array(buffer, byteOffset + 36 * rows, rows),
  }
}

function limits(values: Float64Array): { count: number; least: number | null; largest: number | null } {
  let count = 0
  let least = Number.POSITIVE_INFINITY
  let largest = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (Number.isNaN(value)) continue
    count++
    least = Math.min(least, value)
    largest = Math.max(largest, value)
  }
  return count === 0 ? { count, least: null, largest: null } : { count, least, largest }
}

export function limitsOf({ numbers }: StoredBlock): BlockLimits {
  const rewards = limits(rewardsOf(numbers))
  const steps = limits(numbers.values.subarray(numbers.rows, 2 * numbers.rows))
  return {
    validCount: rewards.count,
    leastReward: rewards.least,
    largestReward: rewards.largest,
    leastStep: steps.least,
    largestStep: steps.largest,
  }
}

/** Two blocks of the same columns as one. */
export function joinBlocks(first: StoredBlock, second: StoredBlock): StoredBlock {
  const { names } = first.numbers
  const rows = first.numbers.rows + second.numbers.rows
  const columns = names.length + FIXED_COLUMNS
  const values = new Float64Array(columns * rows)
  const groups = new Map(first.numbers.groups.map((group, place) => [group, place]))
  const placeOf = second.numbers.groups.map((group) => {
    const known = groups.get(group)
    if (known !== undefined) return known
    groups.set(group, groups.size)
    return groups.size - 1
  })
  for (let column = 0; column < columns; column++) {
    let at = column * rows
    for (const { numbers } of [first, second]) {
      values.set(numbers.values.subarray(column * numbers.rows, (column + 1) * numbers.rows), at)
      at += numbers.rows
    }
  }
  for (let row = first.numbers.rows; row < rows; row++) {
    values[2 * rows + row] = placeOf[values[2 * rows + row]!]!
  }
  const batches = new Float64Array(rows)
  batches.set(first.batches)
  batches.set(second.batches, first.batches.length)
  const ids = new Uint32Array(rows)
  ids.set(first.ids)
  ids.set(second.ids, first.ids.length)
  return { numbers: { rows, names, groups: [...groups.keys()], values }, batches, ids }
}

/** The block without the rows of forgotten batches; undefined when none is left. */
export function withoutBatches(block: StoredBlock, gone: ReadonlySet<number>): StoredBlock | undefined {
  const { numbers, batches, ids } = block
  const kept: number[] = []
  for (let row = 0; row < batches.length; row++) if (!gone.has(batches[row]!)) kept.push(row)
  if (kept.length === batches.length) return block
  const sequences = new Set(kept.map((row) => numbers.values[row]!))
  const left = keepRows(numbers, (sequence) => sequences.has(sequence))
  if (left === undefined) return undefined
  return {
    numbers: left,
    batches: Float64Array.from(kept, (row) => batches[row]!),
    ids: Uint32Array.from(kept, (row) => ids[row]!),
  }
}
