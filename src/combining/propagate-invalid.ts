/** The rule most combiners share: a row with an invalid column is invalid, and says which column it was. */
import type { Columns } from '../kinds/combiner.ts'
import { type Column, createColumn, invalidate } from '../records/column.ts'

/**
 * A new rollout column in which every row that is invalid in one of the named columns is invalid, with the first such
 * column's reason; all other values are 0.
 *
 * @example resultOver(columns, ['correct', 'format'], 3).valid // 1 where both are valid
 */
export function resultOver(columns: Columns, names: readonly string[], size: number): Column {
  const result = createColumn(size)
  for (const name of names) {
    const column = columns.get(name)!
    for (let row = 0; row < size; row++) {
      if (column.valid[row] === 0) invalidate(result, row, invalidReason(name, column, row))
    }
  }
  return result
}

/** What is said of a row that one invalid column decided. */
export function invalidReason(name: string, column: Column, row: number): string {
  return `${name}: ${column.reasons?.[row] ?? 'invalid'}`
}
