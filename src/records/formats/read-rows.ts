/** Rows of any file that Guerdon reads: JSONL, JSON array, CSV (each also gzipped) and Parquet. */
import { byteChunks } from './byte-chunks.ts'
import { type FileFormat, recogniseFile } from './file-format.ts'
import { type ColumnMap, mappedSource } from './map-columns.ts'
import { openCsv } from './read-csv.ts'
import { readJsonArray } from './read-json-array.ts'
import { readJsonl } from './read-jsonl.ts'
import { openParquet } from './read-parquet.ts'
import type { ReadRowsOptions, Row, RowSource } from './row.ts'

export interface OpenRowsOptions extends ReadRowsOptions {
  /** the container; told by the file's first bytes and its name when absent */
  readonly format?: FileFormat | undefined
  /** new name → column of the file (`a.b` reaches into a column) */
  readonly map?: ColumnMap | undefined
}

/** A `.json` file holds an array, or, in much of the wild, lines: the first byte that is no space tells. */
async function* sniffJson(chunks: AsyncGenerator<Buffer>, file: string, options: ReadRowsOptions) {
  const { value: head, done } = await chunks.next()
  if (done === true) return
  async function* all(): AsyncGenerator<Buffer> {
    yield head
    yield* chunks
  }
  let at = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0
  while (at < head.length && (head[at] === 32 || (head[at]! >= 9 && head[at]! <= 13))) at++
  if (head[at] === '{'.charCodeAt(0)) yield* readJsonl(all(), file, options)
  else yield* readJsonArray(all(), file, options)
}

async function open(path: string, options: OpenRowsOptions): Promise<RowSource> {
  const { format, gzip } = await recogniseFile(path, options.format)
  if (format === 'parquet') return openParquet(path, options)
  const chunks = byteChunks(path, gzip)
  if (format === 'csv') return openCsv(chunks, path, options)
  const batches = format === 'json' ? sniffJson(chunks, path, options) : readJsonl(chunks, path, options)
  return { isEncoded: () => false, batches }
}

/**
 * Opens a file and recognises its container; the rows stream from `batches`.
 *
 * @throws GuerdonError FILE_MISSING, FILE_FORMAT_UNKNOWN
 */
export async function openRows(path: string, options: OpenRowsOptions = {}): Promise<RowSource> {
  const source = await open(path, options)
  return options.map === undefined ? source : mappedSource(source, options.map)
}

/**
 * Streams the rows of a file in batches with the line each begins at; memory stays flat whatever the file's size.
 *
 * @throws GuerdonError FILE_MISSING, FILE_FORMAT_UNKNOWN, and DATA_NOT_JSON or DATA_FIELD_INVALID for a row that cannot
 *   be read, unless `skipInvalid`
 * @example for await (const batch of readRows('rollouts.jsonl')) for (const { value, line } of batch) …
 */
export async function* readRows(path: string, options: OpenRowsOptions = {}): AsyncGenerator<Row[]> {
  yield* (await openRows(path, options)).batches
}
