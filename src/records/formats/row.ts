/** A row as a file holds it, before any layout has looked at it, and what every row reader is told and tells. */
import { GuerdonError, messageOf } from '../error.ts'

export interface Row {
  /** the row's value: an object of columns in every sound file */
  readonly value: unknown
  /** where the row begins, counted from 1: a line of a text file, a row of a Parquet file */
  readonly line: number
}

export interface ReadRowsOptions {
  /** leaves out rows that cannot be read instead of failing on the first */
  readonly skipInvalid?: boolean | undefined
  /** hears of every row left out */
  readonly onInvalid?: ((error: GuerdonError) => void) | undefined
  /** how many rows of the file (unreadable ones counted, blank lines not) to pass over before the first */
  readonly start?: number | undefined
  /** rows in a batch; the last one, and batches of very long rows, are shorter */
  readonly batchSize?: number | undefined
}

/** An opened file: its columns where the container names them, and its rows in batches. */
export interface RowSource {
  /** the columns, where the container itself names them (CSV, Parquet) */
  readonly columns?: readonly string[]
  /** whether a column's strings may hold what a layout declares as number, list or object (CSV, Parquet strings) */
  isEncoded(column: string): boolean
  readonly batches: AsyncGenerator<Row[]>
}

export const defaultBatchSize = 4096

/** A batch is handed over early once its rows took this many bytes, so that memory stays flat with long rows. */
export const batchBytes = 16 << 20

/** The longest single row that is read: 64 MB. */
export const longestRow = 64 << 20

/** Skips a broken row after telling of it, or fails with it. */
export function refuseRow(error: GuerdonError, options: ReadRowsOptions): void {
  if (options.skipInvalid !== true) throw error
  options.onInvalid?.(error)
}

/** The error of a row that JSON.parse refused. */
export function notJson(text: string, cause: unknown, file: string, line: number): GuerdonError {
  const hint = /[:,[]\s*(NaN|-?Infinity)\b/.test(text)
    ? 'NaN and Infinity are not JSON: write null'
    : undefined
  return new GuerdonError('DATA_NOT_JSON', `is not JSON: ${messageOf(cause)}`, {
    where: { file, line },
    found: text,
    ...(hint === undefined ? {} : { hint }),
    cause,
  })
}

/** The error of a row whose bytes are no UTF-8. */
export function notUtf8(file: string, line: number): GuerdonError {
  return new GuerdonError('DATA_NOT_JSON', 'holds bytes that are not UTF-8', {
    where: { file, line },
    expected: 'UTF-8 text',
  })
}

/** The error of a row beyond the longest that is read. */
export function tooLong(file: string, line: number): GuerdonError {
  return new GuerdonError('DATA_NOT_JSON', 'is longer than 64 MB', {
    where: { file, line },
    expected: 'rows of at most 64 MB',
  })
}
