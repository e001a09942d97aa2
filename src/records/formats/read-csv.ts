/** Rows of a CSV file with a header. Every cell stays a string: a layout that declares its columns types them. */
import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import type { Info } from 'csv-parse'
import { GuerdonError, messageOf } from '../error.ts'
import {
  batchBytes,
  defaultBatchSize,
  longestRow,
  notUtf8,
  type ReadRowsOptions,
  type Row,
  type RowSource,
  refuseRow,
} from './row.ts'

/** Decodes chunks and fails at the line of the first byte that is not UTF-8. */
async function* decode(chunks: AsyncIterable<Buffer>, file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let line = 1
  for await (const chunk of chunks) {
    let text: string
    try {
      text = decoder.decode(chunk, { stream: true })
    } catch {
      throw notUtf8(file, line + newlinesOfSoundPart(chunk))
    }
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) line++
    yield text
  }
  try {
    decoder.decode()
  } catch {
    throw notUtf8(file, line)
  }
}

/** How many newlines stand before the first unsound line of a chunk (its first line may continue the last chunk's). */
function newlinesOfSoundPart(chunk: Buffer): number {
  let lines = 0
  for (let from = 0, end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
    if (from > 0 && !isUtf8(chunk.subarray(from, end))) break
    lines++
    from = end + 1
  }
  return lines
}

/** A cell between no quotes and with nothing in it is missing; `""` is an empty string. */
function cell(text: string, { quoting }: { quoting: boolean }): string | undefined {
  return text === '' && !quoting ? undefined : text
}

function csvFailure(file: string, line: number, cause: unknown): GuerdonError {
  if (cause instanceof GuerdonError) return cause
  return new GuerdonError('DATA_NOT_JSON', `is not CSV: ${messageOf(cause)}`, {
    where: { file, line },
    cause,
  })
}

function checkHeader(header: readonly (string | undefined)[], file: string): string[] {
  const names = header.map((name) => name ?? '')
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (names.includes('') || twice !== undefined) {
    throw new GuerdonError('DATA_FIELD_INVALID', 'the header is not a list of different column names', {
      where: { file, line: 1 },
      found: twice ?? names,
      expected: 'a first line with one name a column',
    })
  }
  return names
}

/**
 * Opens CSV bytes (RFC 4180, comma, quotes doubled, newlines inside quotes) and reads the header.
 * A cell without quotes and without content is missing: its column is left out of the row.
 *
 * @throws GuerdonError DATA_NOT_JSON for text that is no CSV or no UTF-8, DATA_FIELD_INVALID for a row with too few or
 *   too many cells (unless `skipInvalid`)
 */
export async function openCsv(
  chunks: AsyncIterable<Buffer>,
  file: string,
  options: ReadRowsOptions = {},
): Promise<RowSource> {
  const { parse } = await import('csv-parse')
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: longestRow,
    cast: cell,
  })
  const text = Readable.from(decode(chunks, file))
  text.on('error', (error) => parser.destroy(error))
  text.pipe(parser)
  const records = (parser as AsyncIterable<{ record: (string | undefined)[]; info: Info }>)[
    Symbol.asyncIterator
  ]()

  let line = 1
  const next = async () => {
    try {
      const step = await records.next()
      if (step.done === true) return undefined
      const start = line
      line = step.value.info.lines + 1
      return { cells: step.value.record, line: start }
    } catch (cause) {
      throw csvFailure(file, line, cause)
    }
  }

  const header = await next()
  const columns = header === undefined ? [] : checkHeader(header.cells, file)
  const batchSize = options.batchSize ?? defaultBatchSize

  async function* batches(): AsyncGenerator<Row[]> {
    let toPass = options.start ?? 0
    let batch: Row[] = []
    let bytes = 0
    try {
      for (let row = await next(); row !== undefined; row = await next()) {
        if (toPass > 0) {
          toPass--
          continue
        }
        const { cells } = row
        if (cells.length !== columns.length) {
          refuseRow(
            new GuerdonError('DATA_FIELD_INVALID', `has ${cells.length} cells`, {
              where: { file, line: row.line },
              expected: `${columns.length} cells, as the header`,
            }),
            options,
          )
          continue
        }
        const value: Record<string, string> = {}
        for (let column = 0; column < columns.length; column++) {
          const content = cells[column]
          if (content === undefined) continue
          value[columns[column]!] = content
          bytes += content.length
        }
        batch.push({ value, line: row.line })
        if (batch.length >= batchSize || bytes >= batchBytes) {
          yield batch
          batch = []
          bytes = 0
        }
      }
      if (batch.length > 0) yield batch
    } finally {
      text.destroy()
      parser.destroy()
    }
  }
  return { columns, isEncoded: () => true, batches: batches() }
}
