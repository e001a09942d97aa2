/** Rows into a Parquet file: columns typed by declaration, or by the first row group where none are declared. */
import type { SchemaElement } from 'hyparquet'
import { type ErrorPlace, GuerdonError } from '../error.ts'
import { encodeCell } from './cells.ts'
import { type Fields, wrongForm } from './fields.ts'
import type { FileSink } from './file-sink.ts'
import type { ColumnType, LayoutColumn } from './layout.ts'

/** How a column is stored: strings as UTF-8, `json` as Parquet's JSON (read back parsed), the rest in their own type. */
type Storage = 'string' | 'json' | 'number' | 'boolean' | 'numbers' | 'integers'

interface StoredColumn {
  readonly name: string
  readonly type: ColumnType
  readonly storage: Storage
}

function list(name: string, type: 'DOUBLE' | 'INT64'): SchemaElement[] {
  return [
    { name, repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type, repetition_type: 'REQUIRED' },
  ]
}

function schemaOf({ name, storage }: StoredColumn): SchemaElement[] {
  const repetition_type = 'OPTIONAL' as const
  switch (storage) {
    case 'string':
      return [{ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type }]
    case 'json':
      return [{ name, type: 'BYTE_ARRAY', converted_type: 'JSON', repetition_type }]
    case 'number':
      return [{ name, type: 'DOUBLE', repetition_type }]
    case 'boolean':
      return [{ name, type: 'BOOLEAN', repetition_type }]
    case 'numbers':
      return list(name, 'DOUBLE')
    case 'integers':
      return list(name, 'INT64')
  }
}

/** Strings stay strings; a text or reference column whose first rows hold lists is stored as JSON altogether. */
function storageOf(type: ColumnType, values: readonly unknown[]): Storage {
  if (type !== 'text' && type !== 'reference') return type
  return values.every((value) => value === undefined || value === null || typeof value === 'string')
    ? 'string'
    : 'json'
}

/** The type of an undeclared column by its values so far: one plain type, or JSON. */
export function inferType(values: readonly unknown[]): ColumnType {
  const present = values.filter((value) => value !== undefined && value !== null)
  const kinds = new Set(present.map((value) => typeof value))
  const [kind] = kinds
  if (kinds.size !== 1) return 'json'
  return kind === 'string' || kind === 'number' || kind === 'boolean' ? kind : 'json'
}

function isNumberList(value: unknown, integers: boolean): value is number[] {
  return (
    Array.isArray(value) &&
    value.every((entry) => (integers ? Number.isSafeInteger(entry) : typeof entry === 'number'))
  )
}

/** A value as its column stores it. */
function stored(value: unknown, { type, storage }: StoredColumn, where: ErrorPlace): unknown {
  if (value === undefined || value === null) return null
  const field = where.field ?? ''
  switch (storage) {
    case 'string':
      if (type === 'string' && typeof value !== 'string') throw wrongForm(where, field, value, 'a string')
      return encodeCell(value, type, where)
    case 'json':
      return value
    case 'number':
      if (typeof value !== 'number') throw wrongForm(where, field, value, 'a number')
      return value
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongForm(where, field, value, 'true or false')
      return value
    case 'numbers':
      if (!isNumberList(value, false)) throw wrongForm(where, field, value, 'a list of numbers')
      return value
    case 'integers':
      if (!isNumberList(value, true)) throw wrongForm(where, field, value, 'a list of whole numbers')
      return value.map(BigInt)
  }
}

export interface ParquetRows {
  /** writes one row group */
  writeGroup(rows: readonly Fields[], firstRow: number): Promise<void>
  finish(): Promise<void>
}

/**
 * Writes row groups to a sink. The columns are those declared that occur in the first group; undeclared ones of the
 * first group are typed by it.
 *
 * @throws GuerdonError DATA_FIELD_INVALID for a value that does not fit its column, or a column that appears only later
 */
export async function openParquetRows(
  sink: FileSink,
  file: string,
  declared: Readonly<Record<string, LayoutColumn>> = {},
): Promise<ParquetRows> {
  const { ByteWriter, ParquetWriter } = await import('hyparquet-writer')
  const bytes = new ByteWriter()
  let columns: StoredColumn[] = []
  let writer: InstanceType<typeof ParquetWriter> | undefined

  function start(rows: readonly Fields[]): InstanceType<typeof ParquetWriter> {
    // Declared columns are always there: a later row may have one that the first rows lack.
    const names = new Set([...Object.keys(declared), ...rows.flatMap((row) => Object.keys(row))])
    columns = [...names].map((name) => {
      const values = rows.map((row) => row[name])
      const type = declared[name]?.type ?? inferType(values)
      return { name, type, storage: storageOf(type, values) }
    })
    const schema = [{ name: 'root', num_children: columns.length }, ...columns.flatMap(schemaOf)]
    return new ParquetWriter({ writer: bytes, schema })
  }

  async function flush(): Promise<void> {
    await sink.write(new Uint8Array(bytes.buffer, 0, bytes.index).slice())
    bytes.index = 0
  }

  function checkColumns(row: Fields, line: number): void {
    for (const name in row) {
      if (row[name] !== undefined && !columns.some((column) => column.name === name)) {
        throw new GuerdonError('DATA_FIELD_INVALID', 'is a new column, which Parquet cannot take any more', {
          where: { file, line, field: name },
          expected: columns.map((column) => column.name).join(', '),
          hint: 'JSONL takes any columns',
        })
      }
    }
  }

  return {
    async writeGroup(rows, firstRow) {
      writer ??= start(rows)
      rows.forEach((row, index) => {
        checkColumns(row, firstRow + index)
      })
      const columnData = columns.map((column) => ({
        name: column.name,
        data: rows.map((row, index) =>
          stored(row[column.name], column, { file, line: firstRow + index, field: column.name }),
        ),
      }))
      await writer.write({ columnData, rowGroupSize: rows.length })
      await flush()
    },
    async finish() {
      writer ??= start([])
      await writer.finish()
      await flush()
    },
  }
}
