/**
 * Typed values from cells that can only hold strings (CSV, string columns of Parquet), and back: a column is typed by
 * what its layout declares and never by what a cell looks like.
 */
import { type ErrorPlace, GuerdonError } from '../error.ts'
import { type Fields, isMessages, wrongForm } from './fields.ts'
import type { ColumnType, LayoutColumn } from './layout.ts'

const numeral = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

function parseJson(cell: string): unknown {
  try {
    return JSON.parse(cell)
  } catch {
    return undefined
  }
}

function isNumberList(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'number')
}

function isStringList(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string')
}

function lists(cell: string, isList: (value: unknown) => boolean): unknown {
  if (!cell.trimStart().startsWith('[')) return undefined
  const value = parseJson(cell)
  return value !== undefined && isList(value) ? value : undefined
}

const expectedOf: Readonly<Partial<Record<ColumnType, string>>> = {
  number: 'a number',
  boolean: 'true or false',
  numbers: 'a JSON list of numbers',
  integers: 'a JSON list of whole numbers',
  json: 'JSON',
}

/** The value of a cell under its declared type; undefined when the cell does not hold one. */
function typedCell(cell: string, type: ColumnType): unknown {
  switch (type) {
    case 'string':
      return cell
    case 'text':
      return lists(cell, isMessages) ?? cell
    case 'reference':
      return lists(cell, isStringList) ?? cell
    case 'number':
      return numeral.test(cell.trim()) ? Number(cell) : undefined
    case 'boolean': {
      // Python's csv module and pandas write booleans with capitals.
      const word = cell.trim().toLowerCase()
      return word === 'true' ? true : word === 'false' ? false : undefined
    }
    case 'numbers':
    case 'integers':
      return lists(cell, isNumberList)
    case 'json':
      return parseJson(cell)
  }
}

/**
 * The row with the strings of encoded columns typed as declared; columns that no layout declares stay strings.
 * A required text column that is empty without quotes is an empty text: Python's csv module writes it so.
 *
 * @throws GuerdonError DATA_FIELD_INVALID for a cell that does not hold what its column declares
 */
export function decodeCells(
  row: Fields,
  columns: Readonly<Record<string, LayoutColumn>>,
  isEncoded: (column: string) => boolean,
  where: ErrorPlace,
): Fields {
  const decoded: Record<string, unknown> = { ...row }
  for (const name in columns) {
    if (!isEncoded(name)) continue
    const { type, optional } = columns[name]!
    const cell = row[name]
    if (cell === undefined) {
      if (optional !== true && (type === 'string' || type === 'text')) decoded[name] = ''
    } else if (typeof cell === 'string') {
      const value = typedCell(cell, type)
      if (value === undefined) throw wrongForm(where, name, cell, expectedOf[type] ?? 'a string')
      decoded[name] = value
    }
  }
  return decoded
}

/**
 * A value as the string of a cell, such that `decodeCells` gives it back.
 *
 * @throws GuerdonError DATA_FIELD_INVALID for a string that would be read back as something else
 */
export function encodeCell(value: unknown, type: ColumnType, where: ErrorPlace): string {
  if (typeof value !== 'string' || type === 'json') return JSON.stringify(value)
  if (!value.isWellFormed()) {
    throw wrongForm(
      where,
      where.field ?? '',
      value,
      'a string without lone surrogates, or JSONL as the format',
    )
  }
  if (typedCell(value, type) !== value) {
    throw new GuerdonError('DATA_FIELD_INVALID', 'is a string that would be read back as a list', {
      where,
      found: value,
      expected: 'another string, or JSONL as the format',
    })
  }
  return value
}
