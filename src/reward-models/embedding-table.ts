/** A table of embeddings that is filled row after row: in memory, or in a file when it would be too large. */
import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { hostTensor } from '../engine/host-tensor.ts'
import type { Table } from '../engine/sessions/session.ts'
import { GuerdonError } from '../records/error.ts'

/** Values that are gathered before they are written. */
const BUFFER = 1 << 20

export class EmbeddingTable {
  readonly #rows: number
  readonly #width: number
  readonly #path: string | undefined
  /** the whole table, or what is not written yet */
  readonly #values: Float32Array
  #file: number | undefined
  #filled = 0
  #done = 0

  /** @param path a file for raw little-endian float32; in memory when absent */
  constructor(rows: number, width: number, path?: string) {
    this.#rows = rows
    this.#width = width
    this.#path = path
    const buffered = Math.max(width, BUFFER - (BUFFER % width))
    this.#values = new Float32Array(path === undefined ? rows * width : Math.min(rows * width, buffered))
    if (path === undefined) return
    mkdirSync(dirname(path), { recursive: true })
    this.#file = openSync(`${path}.partial`, 'w')
  }

  /** Appends the embedding that starts at `at`. */
  append(embeddings: Float32Array, at: number): void {
    this.#values.set(embeddings.subarray(at, at + this.#width), this.#filled)
    this.#filled += this.#width
    this.#done++
    if (this.#file !== undefined && this.#filled === this.#values.length) this.#write()
  }

  /** The finished table. @throws GuerdonError ARGUMENT_INVALID when rows are missing */
  finish(): Table {
    if (this.#done !== this.#rows)
      throw new GuerdonError('ARGUMENT_INVALID', `${this.#done} rows of ${this.#rows} were filled`)
    const shape = [this.#rows, this.#width]
    if (this.#path === undefined) return hostTensor(this.#values, shape)
    this.#write()
    closeSync(this.#file!)
    this.#file = undefined
    renameSync(`${this.#path}.partial`, this.#path)
    return { path: this.#path, shape, dtype: 'float32' }
  }

  /** Lets go of a table that will not be finished. */
  discard(): void {
    if (this.#file === undefined) return
    closeSync(this.#file)
    this.#file = undefined
    rmSync(`${this.#path}.partial`, { force: true })
  }

  #write(): void {
    const bytes = new Uint8Array(this.#values.buffer, 0, 4 * this.#filled)
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file!, bytes, at)
    this.#filled = 0
  }
}
