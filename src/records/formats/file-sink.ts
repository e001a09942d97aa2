/** Bytes into a file that appears under its name only when it is whole: a temporary file beside it, then a rename. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { createGzip, type Gzip } from 'node:zlib'
import { GuerdonError } from '../error.ts'

export interface FileSink {
  /** resolves when the bytes are taken and more may come */
  write(bytes: Uint8Array): Promise<void>
  /** flushes to the disk and gives the file its name */
  commit(): Promise<void>
  /** removes what was written; after `commit` nothing */
  abort(): Promise<void>
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await file.write(bytes, written)).bytesWritten
  }
}

/** Unzipped bytes in, zipped bytes into the file; the file is waited for before more is taken. */
function zipped(file: FileHandle): {
  write(bytes: Uint8Array): Promise<void>
  end(): Promise<void>
  drop(): void
} {
  const gzip: Gzip = createGzip()
  const pumped = (async () => {
    for await (const chunk of gzip) await writeAll(file, chunk as Buffer)
  })()
  // A failed write surfaces where it is awaited below.
  pumped.catch(() => {})
  return {
    async write(bytes) {
      if (!gzip.write(bytes)) await Promise.race([once(gzip, 'drain'), pumped])
    },
    async end() {
      gzip.end()
      await pumped
    },
    drop() {
      gzip.destroy()
    },
  }
}

/** Makes a rename survive a crash where the system allows a folder to be synchronised. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined)
  await folder?.sync().catch(() => {})
  await folder?.close()
}

/**
 * Opens a sink for a file; nothing stands under `path` before `commit`.
 *
 * @throws GuerdonError FILE_MISSING when the folder cannot be written to
 */
export async function openFileSink(path: string, gzip: boolean): Promise<FileSink> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.partial`)
  const file = await open(temporary, 'wx').catch((cause: unknown) => {
    throw new GuerdonError('FILE_MISSING', 'the file cannot be written', {
      where: { file: path },
      found: (cause as NodeJS.ErrnoException).code ?? cause,
      expected: 'an existing folder with the right to write',
      cause,
    })
  })
  const zip = gzip ? zipped(file) : undefined
  let isOpen = true
  return {
    write: (bytes) => (zip === undefined ? writeAll(file, bytes) : zip.write(bytes)),
    async commit() {
      await zip?.end()
      await file.sync()
      await file.close()
      await rename(temporary, path)
      isOpen = false
      await syncFolder(dirname(path))
    },
    async abort() {
      if (!isOpen) return
      isOpen = false
      zip?.drop()
      await file.close().catch(() => {})
      await rm(temporary, { force: true })
    },
  }
}
