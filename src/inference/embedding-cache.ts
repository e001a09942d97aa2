/**
 * Embeddings on disk, so that no text is encoded twice: a SQLite file for each encoder, named by its digest, which holds
 * embeddings by the SHA-256 of their texts. A file that is written by several processes, or by one that is killed, holds
 * whole embeddings only.
 */
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { GuerdonError, messageOf } from '../records/error.ts'
import type { EmbedOptions, Encoder } from './encoder.ts'

/** Texts that are encoded before what came is written, so that little is lost when the process is killed. */
const CHUNK = 512
/** milliseconds that another process may hold the file */
const PATIENCE = 60_000

export class EmbeddingCache {
  readonly path: string
  readonly #database: DatabaseSync
  readonly #read: StatementSync
  readonly #write: StatementSync
  readonly #width: number

  /**
   * @param directory made if it is not there
   * @param digest of the encoder: another digest is another file
   * @throws GuerdonError STORE_FAILED when the file cannot be opened or is none of ours
   */
  constructor(directory: string, digest: string, width: number) {
    this.path = join(directory, `embeddings-${digest}.sqlite`)
    this.#width = width
    this.#database = this.#guarded(() => {
      mkdirSync(directory, { recursive: true })
      return new DatabaseSync(this.path)
    })
    this.#guarded(() => {
      this.#database.exec(
        `PRAGMA busy_timeout = ${PATIENCE}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL`,
      )
      this.#database.exec(
        'CREATE TABLE IF NOT EXISTS embeddings (text BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID, STRICT',
      )
    })
    this.#read = this.#guarded(() => this.#database.prepare('SELECT vector FROM embeddings WHERE text = ?'))
    this.#write = this.#guarded(() =>
      this.#database.prepare('INSERT OR IGNORE INTO embeddings VALUES (?, ?)'),
    )
  }

  /** Copies the embedding of a text to `into` at `start`; false when there is none. */
  read(key: Uint8Array, into: Float32Array, start: number): boolean {
    const found = this.#guarded(() => this.#read.get(key)) as { vector: Uint8Array } | undefined
    if (found === undefined || found.vector.byteLength !== this.#width * 4) return false
    const view = new DataView(found.vector.buffer, found.vector.byteOffset, found.vector.byteLength)
    for (let column = 0; column < this.#width; column++)
      into[start + column] = view.getFloat32(column * 4, true)
    return true
  }

  /** Writes embeddings, all of them or, when the process ends meanwhile, none. */
  write(keys: readonly Uint8Array[], embeddings: Float32Array): void {
    const bytes = new Uint8Array(this.#width * 4)
    const view = new DataView(bytes.buffer)
    this.#guarded(() => {
      this.#database.exec('BEGIN IMMEDIATE')
      try {
        for (const [row, key] of keys.entries()) {
          for (let column = 0; column < this.#width; column++)
            view.setFloat32(column * 4, embeddings[row * this.#width + column]!, true)
          this.#write.run(key, bytes)
        }
        this.#database.exec('COMMIT')
      } catch (error) {
        this.#database.exec('ROLLBACK')
        throw error
      }
    })
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close()
  }

  #guarded<Result>(work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      throw new GuerdonError('STORE_FAILED', `the cache of embeddings failed: ${messageOf(error)}`, {
        where: { file: this.path },
        hint: 'It may be deleted: texts are encoded again then',
        cause: error,
      })
    }
  }
}

/** The key of a text. Over UTF-16, since UTF-8 does not tell lone surrogates apart. */
export function textKey(text: string): Uint8Array {
  return createHash('sha256').update(text, 'utf16le').digest()
}

export interface CachedEncoder extends Encoder {
  /** texts so far that were in the cache, and texts that were encoded; equal texts of a call count once */
  readonly hits: number
  readonly misses: number
}

/**
 * The same encoder, which writes what it encodes to disk and encodes only what is not there. Embeddings come back bit for
 * bit. Closing it closes the encoder.
 *
 * @param directory of the cache; may be shared by encoders and by processes
 * @throws GuerdonError STORE_FAILED when the cache cannot be opened
 */
export function cached(encoder: Encoder, directory: string): CachedEncoder {
  const cache = new EmbeddingCache(directory, encoder.digest, encoder.width)
  const { width } = encoder
  let hits = 0
  let misses = 0
  return {
    name: encoder.name,
    width,
    digest: encoder.digest,
    notice: encoder.notice,
    get hits() {
      return hits
    },
    get misses() {
      return misses
    },
    async embed(texts: readonly string[], options: EmbedOptions = {}): Promise<Float32Array> {
      const embeddings = new Float32Array(texts.length * width)
      const rowsOf = new Map<string, number[]>()
      for (const [row, text] of texts.entries()) {
        const rows = rowsOf.get(text)
        if (rows === undefined) rowsOf.set(text, [row])
        else rows.push(row)
      }
      const distinct = [...rowsOf.keys()]
      let done = 0
      for (let start = 0; start < distinct.length; start += CHUNK) {
        const chunk = distinct.slice(start, start + CHUNK)
        const missing: { text: string; key: Uint8Array }[] = []
        for (const text of chunk) {
          const key = textKey(text)
          const rows = rowsOf.get(text)!
          if (cache.read(key, embeddings, rows[0]! * width)) done += rows.length
          else missing.push({ text, key })
        }
        hits += chunk.length - missing.length
        options.progress?.(done, texts.length)
        if (missing.length > 0) {
          const made = await encoder.embed(
            missing.map(({ text }) => text),
            { abort: options.abort, progress: (now) => options.progress?.(done + now, texts.length) },
          )
          cache.write(
            missing.map(({ key }) => key),
            made,
          )
          misses += missing.length
          for (const [place, { text }] of missing.entries()) {
            const rows = rowsOf.get(text)!
            embeddings.set(made.subarray(place * width, (place + 1) * width), rows[0]! * width)
            done += rows.length
          }
        }
        if (options.abort?.aborted)
          throw new GuerdonError('RUN_CANCELLED', 'the encoding of texts was cancelled')
        // Reading holds up the process's other work, so that it gets its turn between chunks.
        await new Promise((resolve) => setImmediate(resolve))
      }
      for (const [first, ...others] of rowsOf.values()) {
        for (const row of others) embeddings.copyWithin(row * width, first! * width, (first! + 1) * width)
      }
      options.progress?.(texts.length, texts.length)
      return embeddings
    },
    async close(): Promise<void> {
      cache.close()
      await encoder.close()
    },
  }
}
