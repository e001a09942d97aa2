/**
 * Checks of single fields of an untrusted row. A field that is null counts as missing: Parquet writes null for every
 * field that a row does not have.
 */
import { type ErrorPlace, GuerdonError } from '../error.ts'
import type { Text } from '../rollout.ts'

export type Fields = Readonly<Record<string, unknown>>

export const textForm = 'a string or a list of {"role", "content"} messages'

export function wrongForm(where: ErrorPlace, field: string, found: unknown, expected: string): GuerdonError {
  return new GuerdonError('DATA_FIELD_INVALID', 'has the wrong form', {
    where: { ...where, field },
    found,
    expected,
  })
}

export function missing(where: ErrorPlace, field: string, row: Fields, expected: string): GuerdonError {
  return new GuerdonError('DATA_FIELD_MISSING', 'is missing', {
    where: { ...where, field },
    found: Object.keys(row).join(', '),
    expected,
    // Only whole columns can be mapped.
    ...(/[.[]/.test(field)
      ? {}
      : { hint: `Another column can be read in its place with --map ${field}=COLUMN` }),
  })
}

/** The row as an object of fields. */
export function fieldsOf(value: unknown, where: ErrorPlace): Fields {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Fields
  throw new GuerdonError('DATA_FIELD_INVALID', 'is not a row', {
    where,
    found: value,
    expected: 'an object of columns',
  })
}

/** Whether a value is a list of chat messages; contents are strings, lists of parts, or null beside tool calls. */
export function isMessages(value: unknown): boolean {
  if (!Array.isArray(value)) return false
  for (const message of value) {
    if (message === null || typeof message !== 'object' || typeof message.role !== 'string') return false
    const { content } = message
    if (typeof content === 'string' || content === null) continue
    if (content === undefined && Array.isArray(message.tool_calls)) continue
    if (!Array.isArray(content)) return false
    for (const part of content) {
      if (part === null || typeof part !== 'object' || typeof part.type !== 'string') return false
    }
  }
  return true
}

/** Reads one kind of value from a field: required (or fails as missing), optional, or as an element of a list. */
interface FieldReader<Value> {
  (row: Fields, field: string, where: ErrorPlace): Value
  optional(row: Fields, field: string, where: ErrorPlace): Value | undefined
  list(row: Fields, field: string, where: ErrorPlace): Value[]
}

function reader<Value>(
  is: (value: unknown) => boolean,
  expected: string,
  listExpected: string,
): FieldReader<Value> {
  const read = (row: Fields, field: string, where: ErrorPlace): Value => {
    const value = row[field]
    if (value === undefined || value === null) throw missing(where, field, row, expected)
    if (!is(value)) throw wrongForm(where, field, value, expected)
    return value as Value
  }
  const optional = (row: Fields, field: string, where: ErrorPlace): Value | undefined => {
    const value = row[field]
    return value === undefined || value === null ? undefined : read(row, field, where)
  }
  const list = (row: Fields, field: string, where: ErrorPlace): Value[] => {
    const value = row[field]
    if (value === undefined || value === null) throw missing(where, field, row, listExpected)
    if (!Array.isArray(value)) throw wrongForm(where, field, value, listExpected)
    for (let index = 0; index < value.length; index++) {
      if (!is(value[index])) throw wrongForm(where, `${field}[${index}]`, value[index], expected)
    }
    return value as Value[]
  }
  return Object.assign(read, { optional, list })
}

export const readString = reader<string>(
  (value) => typeof value === 'string',
  'a string',
  'a list of strings',
)

export const readText = reader<Text>(
  (value) => typeof value === 'string' || isMessages(value),
  textForm,
  `a list, each entry ${textForm}`,
)

export const readNumber = reader<number>(
  (value) => typeof value === 'number' && Number.isFinite(value),
  'a finite number',
  'a list of finite numbers',
)

export const readInteger = reader<number>(Number.isSafeInteger, 'a whole number', 'a list of whole numbers')

export const readBoolean = reader<boolean>(
  (value) => typeof value === 'boolean',
  'true or false',
  'a list of true and false',
)

export const readObject = reader<Fields>(
  (value) => value !== null && typeof value === 'object' && !Array.isArray(value),
  'an object',
  'a list of objects',
)

/** A whole number within a scale, both ends included. */
export function readScale(row: Fields, field: string, low: number, high: number, where: ErrorPlace): number {
  const value = readInteger(row, field, where)
  if (value < low || value > high) {
    throw wrongForm(where, field, value, `a whole number from ${low} to ${high}`)
  }
  return value
}

/** An id: a string, a whole number kept as its digits, or, when missing, the row's place in the file. */
export function readId(row: Fields, field: string, where: ErrorPlace): string {
  const value = row[field]
  if (value === undefined || value === null) return `row-${where.line ?? 1}`
  if (typeof value === 'string') return value
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  throw wrongForm(where, field, value, 'a string or a number')
}

/** A reference answer: a string, a number kept as its digits, a list of strings, or any other JSON as its text. */
export function readReference(
  row: Fields,
  field: string,
  where: ErrorPlace,
): string | readonly string[] | undefined {
  const value = row[field]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw wrongForm(where, field, value, 'a string, a number or a list of strings')
  }
  return JSON.stringify(value)
}

/** Fails unless two lists of a row have the same length. */
export function checkSameLength(
  field: string,
  list: readonly unknown[],
  other: string,
  length: number,
  where: ErrorPlace,
): void {
  if (list.length !== length) {
    throw wrongForm(where, field, `${list.length} entries`, `one entry for each of ${length} ${other}`)
  }
}

/** The fields of a row that a layout does not read itself, kept as metadata; undefined when there are none. */
export function otherFields(row: Fields, known: Readonly<Record<string, unknown>>): Fields | undefined {
  let others: Record<string, unknown> | undefined
  for (const name in row) {
    if (name in known || row[name] === undefined || row[name] === null) continue
    others ??= {}
    others[name] = row[name]
  }
  return others
}

/** An object without its undefined fields, as exact optional properties want it. */
export function defined<Shape extends object>(
  fields: Shape,
): {
  [Name in keyof Shape]: Exclude<Shape[Name], undefined>
} {
  const copy: Record<string, unknown> = {}
  for (const name in fields) if (fields[name] !== undefined) copy[name] = fields[name]
  return copy as { [Name in keyof Shape]: Exclude<Shape[Name], undefined> }
}
