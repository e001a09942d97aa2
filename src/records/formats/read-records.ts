/** Records of any file in any layout: rows are read, typed, checked and counted. */
import { type ErrorPlace, GuerdonError } from '../error.ts'
import { decodeCells } from './cells.ts'
import { type Fields, fieldsOf } from './fields.ts'
import { type Layout, LeftOut, type RecordType, type RecordTypes } from './layout.ts'
import { rollouts } from './layouts/rollouts.ts'
import { detectLayout, layoutNamed } from './layouts.ts'
import { type OpenRowsOptions, openRows } from './read-rows.ts'
import type { Row, RowSource } from './row.ts'

export type AnyRecord = RecordTypes[RecordType]

export interface ReadRecordsOptions extends OpenRowsOptions {
  /** the layout by name; detected from the columns when absent */
  readonly layout?: string | undefined
  /** the type of record that is wanted, where a file could be read in several ways */
  readonly wanted?: RecordType | undefined
}

/** What was read; complete once the records have been iterated to their end. */
export interface ReadSummary {
  /** the layout given or detected */
  layout: string | undefined
  /** the record type of that layout */
  record: RecordType | undefined
  /** rows of the file that were looked at */
  rows: number
  /** records handed out (a row may hold several) */
  records: number
  /** rows that gave no record: invalid ones and those that the layout leaves out */
  skipped: number
  /** why rows were skipped: reason → rows */
  readonly reasons: Record<string, number>
}

/** Batches of records, to be iterated once, and the summary that grows meanwhile. */
export interface RecordReader<Type extends RecordType = RecordType>
  extends AsyncIterable<RecordTypes[Type][]> {
  readonly summary: ReadSummary
}

/** The reason under which an error is counted: its field and kind without the row's own place and value. */
function reasonOf({ code, where }: GuerdonError): string {
  const field = where.field?.replace(/\[\d+\]/g, '[]')
  if (code === 'DATA_NOT_JSON') return 'not readable as a row'
  return `${field === undefined ? 'the row' : `"${field}"`} ${code === 'DATA_FIELD_MISSING' ? 'is missing' : 'has the wrong form'}`
}

/** How many rows tell the columns of a file whose container does not: optional columns may be absent at first. */
const sampledRows = 100

/** How many unreadable rows are held back to be told in the order of the file. */
const mostUnread = 1000

/**
 * The layout of a file by its first rows. Where rollouts are wanted, prompts, labelled completions and unknown columns
 * are read as rollouts: they may be some, and if not, the row's own error says what is missing.
 */
function recognise(path: string, source: RowSource, batch: readonly Row[], wanted?: RecordType): Layout {
  const objects: Fields[] = []
  for (const { value } of batch.slice(0, sampledRows)) {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) objects.push(value as Fields)
  }
  const columns = source.columns ?? new Set(objects.flatMap((row) => Object.keys(row)))
  const layout = detectLayout(columns, objects[0])
  if (
    wanted === 'rollout' &&
    (layout === undefined || layout.record === 'prompt' || layout.record === 'rating')
  )
    return rollouts
  if (layout !== undefined) return layout
  throw new GuerdonError('FILE_FORMAT_UNKNOWN', 'the columns fit no layout', {
    where: { file: path },
    found: [...columns].join(', '),
    expected:
      'prompt and completion, prompt with chosen and rejected, or the columns of another known layout',
    hint: 'Columns are renamed with --map prompt=COLUMN',
  })
}

function parseRow(layout: Layout, { value, line }: Row, source: RowSource, file: string) {
  const where: ErrorPlace = { file, line }
  let row = fieldsOf(value, where)
  // Only containers of strings say which columns they have.
  if (source.columns !== undefined) row = decodeCells(row, layout.columns, source.isEncoded, where)
  return layout.parse(row, where)
}

/**
 * Reads a file as records: container and layout are recognised (or given), columns renamed by `map`, every row checked.
 * With `skipInvalid` an invalid row is told to `onInvalid`, counted in the summary and left out, otherwise it ends the
 * reading with its error.
 *
 * @throws GuerdonError FILE_MISSING, FILE_FORMAT_UNKNOWN, the error of the first invalid row (unless `skipInvalid`), and
 *   DATA_EMPTY at the end when no row was usable
 * @example
 * const reader = readRecords('pairs.jsonl', { skipInvalid: true })
 * for await (const batch of reader) for (const record of batch) …
 * reader.summary // { layout: 'trl-preference', record: 'preference', rows: 3, records: 2, skipped: 1, reasons: { … } }
 */
export function readRecords(path: string, options: ReadRecordsOptions = {}): RecordReader {
  const given = options.layout === undefined ? undefined : layoutNamed(options.layout)
  const summary: ReadSummary = {
    layout: given?.name,
    record: given?.record,
    rows: 0,
    records: 0,
    skipped: 0,
    reasons: {},
  }
  let firstError: GuerdonError | undefined

  function count(reason: string): void {
    summary.skipped++
    summary.reasons[reason] = (summary.reasons[reason] ?? 0) + 1
  }
  function refuse(error: GuerdonError): void {
    if (options.skipInvalid !== true) throw error
    firstError ??= error
    count(reasonOf(error))
    options.onInvalid?.(error)
  }
  // Rows that the container could not read wait here until the rows before them were looked at.
  let unread: GuerdonError[] = []
  function refuseUnread(before: number): void {
    const due = unread.filter(({ where }) => (where.line ?? 0) < before)
    if (due.length === 0) return
    unread = unread.filter(({ where }) => (where.line ?? 0) >= before)
    for (const error of due) {
      summary.rows++
      refuse(error)
    }
  }
  function noteUnread(error: GuerdonError): void {
    unread.push(error)
    if (unread.length >= mostUnread) refuseUnread(Number.POSITIVE_INFINITY)
  }

  async function* records(): AsyncGenerator<AnyRecord[]> {
    const source = await openRows(path, { ...options, skipInvalid: true, onInvalid: noteUnread })
    let layout = given
    for await (const batch of source.batches) {
      if (layout === undefined) {
        layout = recognise(path, source, batch, options.wanted)
        summary.layout = layout.name
        summary.record = layout.record
      }
      const parsed: AnyRecord[] = []
      for (const row of batch) {
        if (unread.length > 0) refuseUnread(row.line)
        summary.rows++
        try {
          const result = parseRow(layout, row, source, path)
          if (result instanceof LeftOut) count(result.reason)
          else if (Array.isArray(result)) parsed.push(...result)
          else parsed.push(result as AnyRecord)
        } catch (error) {
          if (!(error instanceof GuerdonError)) throw error
          refuse(error)
        }
      }
      summary.records += parsed.length
      if (parsed.length > 0) yield parsed
    }
    refuseUnread(Number.POSITIVE_INFINITY)
    if (summary.records === 0) throw nothingUsable(path, summary, firstError)
  }
  return { summary, [Symbol.asyncIterator]: records }
}

function nothingUsable(
  path: string,
  summary: ReadSummary,
  firstError: GuerdonError | undefined,
): GuerdonError {
  const reasons = Object.entries(summary.reasons).map(([reason, rows]) => `${rows} × ${reason}`)
  const hints = [
    ...(reasons.length === 0 ? [] : [`Left out: ${reasons.join(', ')}`]),
    ...(firstError === undefined ? [] : [`The first: ${firstError.message}`]),
  ]
  return new GuerdonError('DATA_EMPTY', summary.rows === 0 ? 'has no rows' : 'has no usable row', {
    where: { file: path },
    expected: 'at least one usable row',
    ...(hints.length === 0 ? {} : { hint: hints.join('. ') }),
    cause: firstError,
  })
}

/**
 * Reads a file whose records must be of one type.
 *
 * @throws GuerdonError as `readRecords`, and FILE_FORMAT_UNKNOWN when the layout holds other records
 * @example for await (const rollouts of readRecordsOf('rollout', 'rollouts.jsonl')) …
 */
export function readRecordsOf<Type extends RecordType>(
  type: Type,
  path: string,
  options: ReadRecordsOptions = {},
): RecordReader<Type> {
  const reader = readRecords(path, { ...options, wanted: type })
  async function* records(): AsyncGenerator<RecordTypes[Type][]> {
    for await (const batch of reader) {
      if (reader.summary.record !== type) {
        throw new GuerdonError(
          'FILE_FORMAT_UNKNOWN',
          `the layout ${reader.summary.layout} holds other records`,
          {
            where: { file: path },
            found: reader.summary.record,
            expected: type,
            hint: 'A layout is named with --format, columns are renamed with --map',
          },
        )
      }
      yield batch as RecordTypes[Type][]
    }
  }
  return { summary: reader.summary, [Symbol.asyncIterator]: records }
}
