/**
 * One column of numbers over a batch, with what a person must know about it: which entries are usable, why the
 * others are not, and what each number rests on.
 */
import { GuerdonError } from './error.ts'

/** What one entry of a column speaks of. Step and token columns are ragged: `offsets` cut them into rollouts. */
export type Grain = 'rollout' | 'step' | 'token'

export interface Column {
  readonly grain: Grain
  readonly values: Float64Array
  /** 1 = usable, 0 = invalid */
  readonly valid: Uint8Array
  /** ragged columns only: entries of rollout i are offsets[i] … offsets[i + 1] − 1 */
  readonly offsets?: Int32Array
  /** by entry; filled only where there is something to say (an invalid entry always has one) */
  reasons?: (string | undefined)[]
  /** by rollout; filled only when evidence was asked for */
  evidence?: unknown[]
}

/** A new column of n valid zeros. */
export function createColumn(size: number): Column {
  return { grain: 'rollout', values: new Float64Array(size), valid: new Uint8Array(size).fill(1) }
}

/** A new ragged column of valid zeros with the given offsets (length: rollouts + 1). */
export function createRaggedColumn(grain: 'step' | 'token', offsets: Int32Array): Column {
  const size = offsets[offsets.length - 1] ?? 0
  return { grain, values: new Float64Array(size), valid: new Uint8Array(size).fill(1), offsets }
}

/** A new column of zeros with the grain, offsets, validity and reasons of another; `values` starts as a copy. */
export function copyColumn(column: Column): Column {
  const copy: Column = {
    grain: column.grain,
    values: column.values.slice(),
    valid: column.valid.slice(),
    ...(column.offsets === undefined ? {} : { offsets: column.offsets }),
  }
  if (column.reasons !== undefined) copy.reasons = column.reasons.slice()
  return copy
}

/** Marks an entry invalid with its reason: its value becomes 0 and nobody may use it. The first reason stays. */
export function invalidate(column: Column, entry: number, reason: string): void {
  column.values[entry] = 0
  column.valid[entry] = 0
  column.reasons ??= []
  column.reasons[entry] ??= reason
}

/** The offsets of a ragged column from the number of entries of each rollout. */
export function offsetsOf(counts: ArrayLike<number>): Int32Array {
  const offsets = new Int32Array(counts.length + 1)
  for (let row = 0; row < counts.length; row++) offsets[row + 1] = offsets[row]! + counts[row]!
  return offsets
}

/**
 * A column from plain numbers; null, undefined and numbers that are not finite become invalid entries.
 *
 * @example columnOf([1, null, 0.5]).valid // Uint8Array [1, 0, 1]
 */
export function columnOf(values: ArrayLike<number | null | undefined>, reason = 'no value'): Column {
  const column = createColumn(values.length)
  for (let row = 0; row < values.length; row++) {
    const value = values[row]
    if (value === null || value === undefined) invalidate(column, row, reason)
    else column.values[row] = value
  }
  return sealColumn(column)
}

/** A ragged column from plain numbers, one list a rollout; missing and non-finite numbers become invalid entries. */
export function raggedColumnOf(
  grain: 'step' | 'token',
  lists: readonly (readonly (number | null | undefined)[])[],
  reason = 'no value',
): Column {
  const column = createRaggedColumn(grain, offsetsOf(lists.map((list) => list.length)))
  let entry = 0
  for (const list of lists) {
    for (const value of list) {
      if (value === null || value === undefined) invalidate(column, entry, reason)
      else column.values[entry] = value
      entry++
    }
  }
  return sealColumn(column)
}

/** Keeps the promise that NaN and infinity never leave a stage: such an entry becomes invalid, with the reason. */
export function sealColumn(column: Column, reason = 'not a finite number'): Column {
  const { values, valid } = column
  for (let entry = 0; entry < values.length; entry++) {
    if (valid[entry] === 1 && !Number.isFinite(values[entry]!)) invalidate(column, entry, reason)
  }
  return column
}

/** How many rollouts a column speaks of. */
export function rolloutsOf(column: Column): number {
  return column.offsets === undefined ? column.values.length : column.offsets.length - 1
}

/** Fails unless a column has one entry a rollout (or, ragged, one list a rollout) for `rollouts` rollouts. */
export function checkColumn(column: Column, rollouts: number, name: string): void {
  const size = column.offsets === undefined ? rollouts : column.offsets[rollouts]
  if (rolloutsOf(column) !== rollouts || column.values.length !== size || column.valid.length !== size) {
    throw new GuerdonError('SIGNAL_SHAPE', `column "${name}" has ${column.values.length} values`, {
      expected: `one entry for each of ${rollouts} rollouts`,
    })
  }
}
