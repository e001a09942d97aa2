/** Writers of rows: JSONL (also gzipped), JSON array, CSV and Parquet, whole under their name or not there at all. */
import { GuerdonError } from '../error.ts'
import { encodeCell } from './cells.ts'
import type { Fields } from './fields.ts'
import { type FileFormat, formatOfName } from './file-format.ts'
import { type FileSink, openFileSink } from './file-sink.ts'
import type { LayoutColumn } from './layout.ts'
import { inferType, openParquetRows } from './write-parquet.ts'

export interface OpenWriterOptions {
  /** told by the name when absent */
  readonly format?: FileFormat | undefined
  /** the columns and their types (those of a layout); CSV and Parquet read them off the first rows when absent */
  readonly columns?: Readonly<Record<string, LayoutColumn>> | undefined
  /** rows in a row group of Parquet */
  readonly rowGroupSize?: number | undefined
}

export interface RowWriter extends AsyncDisposable {
  /** rows written so far */
  readonly rows: number
  /** resolves when the rows are taken; wait for it before writing more */
  write(rows: readonly Fields[]): Promise<void>
  /** makes the file complete, safe on the disk and visible under its name */
  commit(): Promise<void>
  /** removes everything that was written */
  abort(): Promise<void>
}

/** Turns rows into bytes of one container. */
interface RowEncoder {
  write(rows: readonly Fields[], firstRow: number): Promise<void>
  finish(): Promise<void>
}

const encoder = new TextEncoder()
/** Text is handed on in pieces of about this many characters: small enough for the young generation, so that memory stays flat. */
const pieceLength = 1 << 16

/** Collects text and hands it on in pieces. */
function textInto(sink: FileSink): { add(text: string): Promise<void>; flush(): Promise<void> } {
  let piece = ''
  const flush = async () => {
    if (piece === '') return
    const bytes = encoder.encode(piece)
    piece = ''
    await sink.write(bytes)
  }
  return {
    async add(text) {
      piece += text
      if (piece.length >= pieceLength) await flush()
    },
    flush,
  }
}

function jsonlRows(sink: FileSink): RowEncoder {
  const text = textInto(sink)
  return {
    async write(rows) {
      let lines = ''
      for (const row of rows) {
        lines += `${JSON.stringify(row)}\n`
        if (lines.length < pieceLength) continue
        await text.add(lines)
        lines = ''
      }
      await text.add(lines)
    },
    finish: text.flush,
  }
}

function jsonArrayRows(sink: FileSink): RowEncoder {
  const text = textInto(sink)
  let isEmpty = true
  return {
    async write(rows) {
      for (const row of rows) {
        await text.add(`${isEmpty ? '[\n' : ',\n'}${JSON.stringify(row)}`)
        isEmpty = false
      }
    },
    async finish() {
      await text.add(isEmpty ? '[]\n' : '\n]\n')
      await text.flush()
    },
  }
}

function csvCell(value: string): string {
  return value === '' || /[",\r\n]|^\s|\s$|^\ufeff/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

function csvRows(
  sink: FileSink,
  file: string,
  declared: Readonly<Record<string, LayoutColumn>> = {},
): RowEncoder {
  const text = textInto(sink)
  let columns: (readonly [string, LayoutColumn])[] | undefined
  let known = new Set<string>()

  async function start(rows: readonly Fields[]) {
    const names = new Set([...Object.keys(declared), ...rows.flatMap((row) => Object.keys(row))])
    columns = [...names].map((name) => [
      name,
      declared[name] ?? { type: inferType(rows.map((row) => row[name])), optional: true },
    ])
    known = names
    await text.add(`${[...names].map(csvCell).join(',')}\n`)
    return columns
  }

  return {
    async write(rows, firstRow) {
      const layout = columns ?? (await start(rows))
      for (let index = 0; index < rows.length; index++) {
        const row = rows[index]!
        const line = firstRow + index
        for (const name in row) {
          if (row[name] === undefined || known.has(name)) continue
          throw new GuerdonError('DATA_FIELD_INVALID', 'is a new column, which CSV cannot take any more', {
            where: { file, line, field: name },
            expected: [...known].join(', '),
            hint: 'JSONL takes any columns',
          })
        }
        const cells = layout.map(([name, { type }]) => {
          const value = row[name]
          return value === undefined || value === null
            ? ''
            : csvCell(encodeCell(value, type, { file, line, field: name }))
        })
        await text.add(`${cells.join(',')}\n`)
      }
    },
    async finish() {
      if (columns === undefined) await start([])
      await text.flush()
    },
  }
}

async function parquetRows(sink: FileSink, file: string, options: OpenWriterOptions): Promise<RowEncoder> {
  const parquet = await openParquetRows(sink, file, options.columns)
  const groupSize = options.rowGroupSize ?? 10_000
  let buffered: Fields[] = []
  let written = 0
  const flush = async (size: number) => {
    const group = buffered.slice(0, size)
    buffered = buffered.slice(size)
    await parquet.writeGroup(group, written + 1)
    written += group.length
  }
  return {
    async write(rows) {
      for (const row of rows) {
        buffered.push(row)
        if (buffered.length >= groupSize) await flush(groupSize)
      }
    },
    async finish() {
      if (buffered.length > 0) await flush(buffered.length)
      await parquet.finish()
    },
  }
}

/**
 * Opens a writer. Rows go to a temporary file beside `path`; `commit` flushes it to the disk and renames it, `abort`
 * (or leaving an `await using` block without commit) removes it.
 *
 * @throws GuerdonError FILE_FORMAT_UNKNOWN, FILE_MISSING when the folder cannot be written to; from `write` and
 *   `commit`: DATA_FIELD_INVALID for a value that the container cannot hold
 * @example
 * await using writer = await openWriter('pairs.parquet', { columns: trlPreference.columns })
 * await writer.write([{ prompt: 'Hi', chosen: 'Hello', rejected: 'Go away' }])
 * await writer.commit()
 */
export async function openWriter(path: string, options: OpenWriterOptions = {}): Promise<RowWriter> {
  const format = options.format ?? formatOfName(path)
  const sink = await openFileSink(
    path,
    format === 'jsonl.gz' || (format !== 'parquet' && /\.gz$/i.test(path)),
  )
  let encode: RowEncoder
  try {
    if (format === 'parquet') encode = await parquetRows(sink, path, options)
    else if (format === 'csv') encode = csvRows(sink, path, options.columns)
    else if (format === 'json') encode = jsonArrayRows(sink)
    else encode = jsonlRows(sink)
  } catch (error) {
    await sink.abort()
    throw error
  }
  let rows = 0
  return {
    get rows() {
      return rows
    },
    async write(batch) {
      await encode.write(batch, rows + 1)
      rows += batch.length
    },
    async commit() {
      await encode.finish()
      await sink.commit()
    },
    abort: () => sink.abort(),
    [Symbol.asyncDispose]: () => sink.abort(),
  }
}
