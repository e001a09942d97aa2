/** Which container a file is: told by its first bytes where they are unmistakable, else by its name. */
import { type FileHandle, open } from 'node:fs/promises'
import { GuerdonError } from '../error.ts'

export type FileFormat = 'jsonl' | 'jsonl.gz' | 'json' | 'csv' | 'parquet'

const endings: readonly (readonly [RegExp, FileFormat])[] = [
  [/\.(jsonl|ndjson)\.gz$/i, 'jsonl.gz'],
  [/\.(jsonl|ndjson)$/i, 'jsonl'],
  [/\.json(\.gz)?$/i, 'json'],
  [/\.csv(\.gz)?$/i, 'csv'],
  [/\.(parquet|pq)$/i, 'parquet'],
]

/**
 * The format a file name promises.
 *
 * @throws GuerdonError FILE_FORMAT_UNKNOWN when the ending says nothing
 * @example formatOfName('rollouts.jsonl.gz') // 'jsonl.gz'
 */
export function formatOfName(path: string): FileFormat {
  for (const [ending, format] of endings) if (ending.test(path)) return format
  throw new GuerdonError('FILE_FORMAT_UNKNOWN', 'the file name does not tell the format', {
    where: { file: path },
    expected: '.jsonl, .jsonl.gz, .json, .csv or .parquet, or an explicit format',
  })
}

export interface RecognisedFile {
  readonly format: FileFormat
  /** whether the bytes are gzip, whatever the name says */
  readonly gzip: boolean
}

/** Opens a file for reading; a missing or unreadable one is a FILE_MISSING. */
export async function openForReading(path: string): Promise<FileHandle> {
  let file: FileHandle
  try {
    file = await open(path, 'r')
  } catch (cause) {
    throw new GuerdonError('FILE_MISSING', 'the file cannot be opened', {
      where: { file: path },
      found: (cause as NodeJS.ErrnoException).code ?? cause,
      cause,
    })
  }
  if ((await file.stat()).isDirectory()) {
    await file.close()
    throw new GuerdonError('FILE_MISSING', 'is a folder', { where: { file: path }, expected: 'a file' })
  }
  return file
}

/**
 * Recognises a file: gzip and Parquet by their magic bytes, the rest by the given format or the name.
 *
 * @throws GuerdonError FILE_MISSING, FILE_FORMAT_UNKNOWN
 */
export async function recogniseFile(path: string, format?: FileFormat): Promise<RecognisedFile> {
  const file = await openForReading(path)
  try {
    const head = new Uint8Array(4)
    const { bytesRead } = await file.read(head, 0, 4, 0)
    const magic = String.fromCharCode(...head.subarray(0, bytesRead))
    const gzip = magic.startsWith('\u001f\u008b')
    if (magic === 'PAR1' && format === undefined) return { format: 'parquet', gzip }
    return { format: format ?? formatOfName(path), gzip }
  } finally {
    await file.close()
  }
}
