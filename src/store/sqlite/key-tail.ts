/**
 * The keys of batches that are stored but not yet in the index of keys. Every connection that looks keys up follows
 * the end of `batches` by itself, so that those of other threads and processes are known as soon as they are durable.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Entries kept beyond those the index lacks before the others are dropped. */
const SPARE = 8192

export class KeyTail {
  readonly #batches = new Map<string, number>()
  readonly #newer: StatementSync
  readonly #keyed: StatementSync
  #seen = 0
  #trimAt = SPARE

  constructor(database: DatabaseSync) {
    this.#newer = database.prepare(
      'SELECT number, run, key FROM batches WHERE number > max(?, (SELECT keyed FROM progress)) ORDER BY number',
    )
    this.#keyed = database.prepare('SELECT keyed FROM progress')
  }

  /** Takes in what was stored since; call before `get`. */
  refresh(): void {
    for (const { number, run, key } of this.#newer.all(this.#seen)) {
      this.add(run as number, key as string, number as number)
    }
    if (this.#batches.size > this.#trimAt) this.#trim()
  }

  /** Number of the batch; it may have been forgotten since. */
  get(run: number, key: string): number | undefined {
    return this.#batches.get(`${run} ${key}`)
  }

  add(run: number, key: string, batch: number): void {
    this.#batches.set(`${run} ${key}`, batch)
    this.#seen = Math.max(this.#seen, batch)
  }

  /** Forgets everything, for a transaction that was rolled back; the next `refresh` reads what is there. */
  reset(): void {
    this.#batches.clear()
    this.#seen = 0
  }

  #trim(): void {
    const keyed = this.#keyed.get()!.keyed as number
    for (const [key, batch] of this.#batches) if (batch <= keyed) this.#batches.delete(key)
    this.#trimAt = this.#batches.size + SPARE
  }
}
