/** Rows of a Parquet file, one row group at a time. */
import type { FileHandle } from 'node:fs/promises'
import type { AsyncBuffer, SchemaTree } from 'hyparquet'
import { GuerdonError, messageOf } from '../error.ts'
import { openForReading } from './file-format.ts'
import { defaultBatchSize, type ReadRowsOptions, type Row, type RowSource } from './row.ts'

/** A file as hyparquet reads it: by position, from one open handle. */
function bufferOf(file: FileHandle, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const bytes = new Uint8Array(Math.max(0, end - start))
      let filled = 0
      while (filled < bytes.length) {
        const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, start + filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
      return bytes.buffer.slice(0, filled)
    },
  }
}

/** Strings that are no UTF-8 (images, for example) stay bytes, so that only a layout that wants text refuses them. */
function stringOrBytes(bytes: Uint8Array | undefined): string | Uint8Array | undefined {
  if (bytes === undefined) return bytes
  try {
    return strict.decode(bytes)
  } catch {
    return bytes
  }
}
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Numbers of 64 bits become numbers where that is exact, else their digits; dates become ISO strings. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : String(value)
  }
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, plain)
  if (Array.isArray(value)) return value.map(plain)
  const copy: Record<string, unknown> = {}
  for (const name in value) copy[name] = plain((value as Record<string, unknown>)[name])
  return copy
}

function isString({ element, children }: SchemaTree): boolean {
  return (
    children.length === 0 &&
    element.type === 'BYTE_ARRAY' &&
    element.converted_type !== 'JSON' &&
    element.logical_type?.type !== 'JSON'
  )
}

/** Whether every value of a column is plain as it comes: strings, booleans, floating-point and 32-bit numbers. */
function isPlain({ element, children }: SchemaTree): boolean {
  if (children.length > 0) return false
  const { type, converted_type: converted, logical_type: logical } = element
  if (type === 'BOOLEAN' || type === 'DOUBLE' || type === 'FLOAT') return true
  if (type === 'BYTE_ARRAY') return converted === undefined || converted === 'UTF8' || converted === 'JSON'
  return type === 'INT32' && converted === undefined && logical === undefined
}

function damaged(file: string, cause: unknown, row?: number): GuerdonError {
  return new GuerdonError('FILE_FORMAT_UNKNOWN', `cannot be read as Parquet: ${messageOf(cause)}`, {
    where: { file, ...(row === undefined ? {} : { line: row }) },
    expected: 'a complete Parquet file',
    cause,
  })
}

/**
 * Opens a Parquet file and reads its schema; rows come one row group at a time, nested lists and structs as arrays and
 * objects, JSON columns parsed. `line` is the row's position from 1.
 *
 * @throws GuerdonError FILE_MISSING, FILE_FORMAT_UNKNOWN when the file is no Parquet or damaged
 */
export async function openParquet(path: string, options: ReadRowsOptions = {}): Promise<RowSource> {
  const [{ parquetMetadataAsync, parquetReadObjects, parquetSchema }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ])
  const handle = await openForReading(path)
  try {
    const file = bufferOf(handle, (await handle.stat()).size)
    const metadata = await parquetMetadataAsync(file).catch((cause: unknown) => {
      throw damaged(path, cause)
    })
    const { children } = parquetSchema(metadata)
    const columns = children.map(({ element }) => element.name)
    const encoded = new Set(children.filter(isString).map(({ element }) => element.name))
    const uneven = children.filter((column) => !isPlain(column)).map(({ element }) => element.name)
    const batchSize = options.batchSize ?? defaultBatchSize

    async function* batches(): AsyncGenerator<Row[]> {
      try {
        const start = options.start ?? 0
        let groupStart = 0
        for (const { num_rows } of metadata.row_groups) {
          const groupEnd = groupStart + Number(num_rows)
          const rowStart = Math.max(groupStart, start)
          if (rowStart < groupEnd) {
            const values = await parquetReadObjects({
              file,
              metadata,
              compressors,
              rowStart,
              rowEnd: groupEnd,
              parsers: { stringFromBytes: stringOrBytes },
            }).catch((cause: unknown) => {
              throw damaged(path, cause, rowStart + 1)
            })
            for (let from = 0; from < values.length; from += batchSize) {
              yield values.slice(from, from + batchSize).map((value, index): Row => {
                for (const name of uneven) value[name] = plain(value[name])
                return { value, line: rowStart + from + index + 1 }
              })
            }
          }
          groupStart = groupEnd
        }
      } finally {
        await handle.close()
      }
    }
    return { columns, isEncoded: (column) => encoded.has(column), batches: batches() }
  } catch (error) {
    await handle.close()
    throw error
  }
}
