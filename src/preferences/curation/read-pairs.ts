/** Preference pairs of one or several files in any preference layout, each with the row it came from. */
import { type ErrorPlace, GuerdonError } from '../../records/error.ts'
import { decodeCells } from '../../records/formats/cells.ts'
import { type Fields, fieldsOf } from '../../records/formats/fields.ts'
import { type RecognisedFile, recogniseFile } from '../../records/formats/file-format.ts'
import { type Layout, LeftOut } from '../../records/formats/layout.ts'
import { detectLayout, layoutNamed } from '../../records/formats/layouts.ts'
import { type ColumnMap, mapColumns } from '../../records/formats/map-columns.ts'
import { openRows } from '../../records/formats/read-rows.ts'
import { notJson, type Row } from '../../records/formats/row.ts'
import type { PreferencePair } from '../../records/preference.ts'
import { jsonLines } from './json-lines.ts'

export interface ReadPair {
  readonly pair: PreferencePair
  /** the row under the names of the file, or of the map where the container is not JSONL */
  readonly fields: Fields
  /** the line of a JSONL file as it stands */
  readonly text: string | undefined
  /** which of the files, from 0 */
  readonly file: number
  readonly line: number
}

export interface ReadPairsOptions {
  /** the layout by name; told by the columns when absent */
  readonly layout?: string | undefined
  readonly map?: ColumnMap | undefined
  /** leaves out rows that cannot be read and counts them */
  readonly skipInvalid?: boolean | undefined
}

/** What was read so far; complete once the pairs have been iterated to their end. */
export interface ReadPairsSummary {
  layout: Layout<'preference'> | undefined
  rows: number
  pairs: number
  /** reason → rows that gave no pair */
  readonly leftOut: Record<string, number>
}

const sampledRows = 100

interface FoundRow {
  readonly row: Row
  readonly text: string | undefined
}

/** Rows of a file, JSONL with the text of its lines; `encoded` says which columns of a container are strings throughout. */
async function openFile(
  path: string,
  recognised: RecognisedFile,
  map: ColumnMap | undefined,
  refuse: (error: GuerdonError) => void,
): Promise<{
  readonly columns: readonly string[] | undefined
  readonly isEncoded: (column: string) => boolean
  readonly batches: AsyncGenerator<FoundRow[]>
}> {
  const { format, gzip } = recognised
  if (format === 'jsonl' || format === 'jsonl.gz') {
    async function* lines(): AsyncGenerator<FoundRow[]> {
      for await (const batch of jsonLines(path, gzip)) {
        const rows: FoundRow[] = []
        for (const { text, line, error } of batch) {
          if (text === undefined) {
            refuse(error!)
            continue
          }
          let value: unknown
          try {
            value = JSON.parse(text)
          } catch (cause) {
            refuse(notJson(text, cause, path, line))
            continue
          }
          rows.push({ row: { value, line }, text })
        }
        yield rows
      }
    }
    return { columns: undefined, isEncoded: () => false, batches: lines() }
  }
  const source = await openRows(path, {
    skipInvalid: true,
    onInvalid: refuse,
    ...(map === undefined ? {} : { map }),
  })
  async function* rows(): AsyncGenerator<FoundRow[]> {
    for await (const batch of source.batches) yield batch.map((row) => ({ row, text: undefined }))
  }
  return { columns: source.columns, isEncoded: source.isEncoded, batches: rows() }
}

function recognise(path: string, columns: Iterable<string>, sample: Fields | undefined): Layout {
  const layout = detectLayout(columns, sample)
  if (layout !== undefined) return layout
  throw new GuerdonError('FILE_FORMAT_UNKNOWN', 'the columns fit no layout', {
    where: { file: path },
    found: [...columns].join(', '),
    expected: 'prompt with chosen and rejected, or the columns of another preference layout',
    hint: 'Columns are renamed with --map prompt=COLUMN',
  })
}

function preferenceLayout(path: string, layout: Layout): Layout<'preference'> {
  if (layout.record === 'preference') return layout as Layout<'preference'>
  throw new GuerdonError('FILE_FORMAT_UNKNOWN', `the layout ${layout.name} holds no preference pairs`, {
    where: { file: path },
    found: `${layout.record} records`,
    expected: 'pairs of a chosen and a rejected completion',
    ...(layout.record === 'ranking'
      ? { hint: 'convert(FILE, PAIRS, { to: "trl-preference" }) makes pairs of rankings' }
      : {}),
  })
}

/**
 * Reads preference files one after the other; all must have the layout of the first. Iterate once; reading again gives
 * the same pairs in the same order. Rows that the layout leaves out on purpose are counted with their reason.
 *
 * @throws GuerdonError FILE_MISSING, FILE_FORMAT_UNKNOWN, the error of the first row that cannot be read unless
 *   `skipInvalid`, and DATA_EMPTY at the end when there was no pair
 * @example for await (const pairs of readPairs(['pairs.jsonl']).batches) for (const { pair, line } of pairs) …
 */
export function readPairs(
  files: readonly string[],
  options: ReadPairsOptions = {},
): { readonly summary: ReadPairsSummary; readonly batches: AsyncGenerator<ReadPair[]> } {
  const { map } = options
  const summary: ReadPairsSummary = { layout: undefined, rows: 0, pairs: 0, leftOut: {} }
  let firstError: GuerdonError | undefined
  const count = (reason: string): void => {
    summary.leftOut[reason] = (summary.leftOut[reason] ?? 0) + 1
  }
  const refuse = (error: GuerdonError): void => {
    if (options.skipInvalid !== true) throw error
    firstError ??= error
    count(
      error.where.field === undefined ? 'not readable as a row' : `"${error.where.field}" missing or wrong`,
    )
  }

  async function* batches(): AsyncGenerator<ReadPair[]> {
    for (const [file, path] of files.entries()) {
      const opened = await openFile(path, await recogniseFile(path), map, (error) => {
        summary.rows++
        refuse(error)
      })
      let layout: Layout<'preference'> | undefined
      for await (const rows of opened.batches) {
        if (rows.length === 0) continue
        layout ??= layoutOf(path, rows, opened.columns)
        const pairs: ReadPair[] = []
        for (const { row, text } of rows) {
          summary.rows++
          const where: ErrorPlace = { file: path, line: row.line }
          try {
            const fields = fieldsOf(row.value, where)
            // JSONL keeps the names of the file, so that its lines can be written again.
            let named = text === undefined || map === undefined ? fields : (mapColumns(fields, map) as Fields)
            if (opened.columns !== undefined)
              named = decodeCells(named, layout.columns, opened.isEncoded, where)
            const found = layout.parse(named, where)
            if (found instanceof LeftOut) {
              count(found.reason)
              continue
            }
            const own = text === undefined ? named : fields
            for (const pair of Array.isArray(found) ? found : [found as PreferencePair])
              pairs.push({ pair, fields: own, text, file, line: row.line })
          } catch (error) {
            if (!(error instanceof GuerdonError)) throw error
            refuse(error)
          }
        }
        summary.pairs += pairs.length
        if (pairs.length > 0) yield pairs
      }
    }
    if (summary.pairs > 0) return
    const reasons = Object.entries(summary.leftOut).map(([reason, rows]) => `${rows} × ${reason}`)
    throw new GuerdonError('DATA_EMPTY', summary.rows === 0 ? 'has no rows' : 'has no usable row', {
      where: { file: files.join(', ') },
      expected: 'at least one preference pair',
      ...(reasons.length === 0
        ? {}
        : { hint: `Left out: ${reasons.join(', ')}. The first: ${firstError?.message ?? reasons[0]}` }),
      ...(firstError === undefined ? {} : { cause: firstError }),
    })
  }

  function layoutOf(path: string, rows: readonly FoundRow[], columns: readonly string[] | undefined) {
    const objects: Fields[] = []
    for (const { row, text } of rows.slice(0, sampledRows)) {
      const value = text === undefined || map === undefined ? row.value : mapColumns(row.value, map)
      if (value !== null && typeof value === 'object' && !Array.isArray(value)) objects.push(value as Fields)
    }
    const names = columns ?? new Set(objects.flatMap((row) => Object.keys(row)))
    const layout = preferenceLayout(
      path,
      options.layout === undefined ? recognise(path, names, objects[0]) : layoutNamed(options.layout),
    )
    if (summary.layout !== undefined && summary.layout.name !== layout.name) {
      throw new GuerdonError('FILE_FORMAT_UNKNOWN', 'files of one curation must have one layout', {
        where: { file: path },
        found: layout.name,
        expected: summary.layout.name,
      })
    }
    summary.layout = layout
    return layout
  }

  return { summary, batches: batches() }
}
