/** A row's entry in a column, which is one number or, for steps and tokens, a list. */
import { decimal } from './number.ts'

export type ColumnValue = number | null | readonly (number | null)[]

/** One number for a bar: the value itself, or the mean of a list's valid entries. */
export function barValue(value: ColumnValue | undefined): number | null {
  if (value === undefined || value === null || typeof value === 'number') return value ?? null
  const valid = value.filter((entry) => entry !== null)
  return valid.length === 0 ? null : valid.reduce((sum, entry) => sum + entry, 0) / valid.length
}

/**
 * The entry as text.
 *
 * @example valueText([0, 1, 1]) // 'mean 0.667 of 3'
 */
export function valueText(value: ColumnValue | undefined): string {
  if (value === undefined || value === null) return 'invalid'
  return typeof value === 'number' ? decimal(value) : `mean ${decimal(barValue(value))} of ${value.length}`
}
