/** What a layout is: the columns by which a file is recognised and the way from one row to records. */
import type { ErrorPlace } from '../error.ts'
import type { PreferencePair } from '../preference.ts'
import type { Ranking } from '../ranking.ts'
import type { Rating } from '../rating.ts'
import type { Rollout } from '../rollout.ts'
import type { StepLabels } from '../stepwise.ts'
import type { Fields } from './fields.ts'
import type { Prompt } from './prompt.ts'

/** The record types by the names under which a layout declares them. */
export interface RecordTypes {
  rollout: Rollout
  preference: PreferencePair
  rating: Rating
  ranking: Ranking
  stepwise: StepLabels
  prompt: Prompt
}

export type RecordType = keyof RecordTypes

/**
 * What a column holds, so that cells of CSV and strings of Parquet can be typed:
 * `text` string or messages, `reference` string or list of strings, `json` any list or object.
 */
export type ColumnType =
  | 'string'
  | 'text'
  | 'reference'
  | 'number'
  | 'boolean'
  | 'numbers'
  | 'integers'
  | 'json'

export interface LayoutColumn {
  readonly type: ColumnType
  readonly optional?: true
}

/** A sound row that the layout leaves out on purpose, with the reason that the summary counts. */
export class LeftOut {
  readonly reason: string
  constructor(reason: string) {
    this.reason = reason
  }
}

export interface Layout<Type extends RecordType = RecordType> {
  readonly name: string
  readonly record: Type
  readonly columns: Readonly<Record<string, LayoutColumn>>
  /** whether a file with these columns (and, where names do not tell, such a first row) has this layout */
  matches(columns: ReadonlySet<string>, sample?: Fields): boolean
  /** one row → its record, several records, or a reason to leave it out; a malformed row throws a GuerdonError */
  parse(row: Fields, where: ErrorPlace): RecordTypes[Type] | readonly RecordTypes[Type][] | LeftOut
}

/** Whether a set of columns holds all the named ones. */
export function hasAll(columns: ReadonlySet<string>, ...names: readonly string[]): boolean {
  return names.every((name) => columns.has(name))
}

/** Whether a set of columns holds any of the named ones. */
export function hasAny(columns: ReadonlySet<string>, ...names: readonly string[]): boolean {
  return names.some((name) => columns.has(name))
}

const optional = true as const

/** The column declarations, so that layouts read as tables. */
export const column = {
  string: { type: 'string' },
  text: { type: 'text' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  json: { type: 'json' },
  optionalString: { type: 'string', optional },
  optionalText: { type: 'text', optional },
  optionalReference: { type: 'reference', optional },
  optionalNumber: { type: 'number', optional },
  optionalNumbers: { type: 'numbers', optional },
  optionalIntegers: { type: 'integers', optional },
  optionalBoolean: { type: 'boolean', optional },
  optionalJson: { type: 'json', optional },
} satisfies Record<string, LayoutColumn>
