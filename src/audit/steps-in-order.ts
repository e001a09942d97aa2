/** Training steps for a log that names none: equal slices of its rows, in the order they came. */
import { type Groups, groupsFromIds } from '../numerics/grouped.ts'
import type { AuditTable } from './audit-table.ts'

/** Slices of fewer rows say little, and more slices than these tell no more about a trend. */
export const LEAST_ROWS_A_SLICE = 64
export const MOST_SLICES = 40

/** Rows of a slice for so many rows. */
export function sliceWidth(rows: number): number {
  return Math.max(LEAST_ROWS_A_SLICE, Math.ceil(rows / MOST_SLICES))
}

/**
 * The table with up to 40 equal slices of at least 64 rows as its steps, numbered from 0. A log is written while a policy
 * trains, so its order is time. A group is a run of neighbouring rows of one prompt, and is never cut: where most rows
 * stand alone the rows have been mixed, their order means nothing, and there are no steps. Null then, and where the
 * table names steps of its own.
 */
export function stepsInOrder(table: AuditTable): AuditTable | null {
  if (table.steps.length > 0) return null
  const { size } = table
  const run = new Int32Array(size)
  const starts: number[] = []
  for (let row = 0; row < size; row++) {
    if (row === 0 || table.groups.of[row] !== table.groups.of[row - 1]) starts.push(row)
    run[row] = starts.length - 1
  }
  if (size < 2 * starts.length) return null
  const width = sliceWidth(size)
  const count = Math.floor(starts.at(-1)! / width) + 1
  const groups: Groups = groupsFromIds(run)
  return {
    ...table,
    groups,
    stepOfGroup: Int32Array.from(starts, (row) => Math.floor(row / width)),
    steps: Float64Array.from({ length: count }, (_, step) => step),
    sliced: true,
  }
}
