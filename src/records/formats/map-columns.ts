/** Columns under other names: `--map prompt=question` reads the file's `question` as `prompt`. */
import { GuerdonError } from '../error.ts'
import type { Row, RowSource } from './row.ts'

/** new name → column of the file; `a.b` reaches into a column that is an object */
export type ColumnMap = Readonly<Record<string, string>>

/**
 * Reads `--map` arguments.
 *
 * @throws GuerdonError ARGUMENT_INVALID for anything but NAME=COLUMN
 * @example parseColumnMap(['prompt=question']) // { prompt: 'question' }
 */
export function parseColumnMap(args: readonly string[]): ColumnMap {
  const map: Record<string, string> = {}
  for (const arg of args) {
    const at = arg.indexOf('=')
    if (at < 1 || at === arg.length - 1) {
      throw new GuerdonError('ARGUMENT_INVALID', '--map cannot be read', {
        found: arg,
        expected: 'NAME=COLUMN, for example prompt=question',
      })
    }
    map[arg.slice(0, at)] = arg.slice(at + 1)
  }
  return map
}

function reach(row: Record<string, unknown>, column: string): unknown {
  if (column in row) return row[column]
  let value: unknown = row
  for (const name of column.split('.')) {
    if (value === null || typeof value !== 'object') return undefined
    value = (value as Record<string, unknown>)[name]
  }
  return value
}

/** The row with its columns renamed; a renamed column is no longer there under its old name. */
export function mapColumns(value: unknown, map: ColumnMap): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  const row = value as Record<string, unknown>
  const mapped = { ...row }
  const names = Object.keys(map)
  for (const name of names) delete mapped[map[name]!]
  for (const name of names) {
    const content = reach(row, map[name]!)
    if (content !== undefined) mapped[name] = content
  }
  return mapped
}

export async function* mapRows(batches: AsyncIterable<Row[]>, map: ColumnMap): AsyncGenerator<Row[]> {
  for await (const batch of batches) {
    yield batch.map(({ value, line }) => ({ value: mapColumns(value, map), line }))
  }
}

/** A source whose columns go by their new names. */
export function mappedSource(source: RowSource, map: ColumnMap): RowSource {
  const newNames = new Map(Object.entries(map).map(([name, column]) => [column, name]))
  const columns = source.columns?.map((column) => newNames.get(column) ?? column)
  return {
    ...(columns === undefined ? {} : { columns }),
    isEncoded: (column) => source.isEncoded(map[column] ?? column),
    batches: mapRows(source.batches, map),
  }
}
