/**
 * Puts accepted batches where they are found: their keys into the index of keys, their rows into blocks. A lump of
 * many batches a transaction touches every page of an index once, where one batch at a time would touch one each.
 * Readers want the rows; the keys, which every `KeyTail` knows until then, wait longer for company.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { numberBlocks } from '../number-block.ts'
import { BlockTable } from './block-table.ts'
import { gatherRows, tableLots, type UnsettledBatch } from './gather-rows.ts'
import { textHash } from './text-hash.ts'

/** Keys in a lump: the more, the fewer pages of a large index each of them costs. */
export const KEY_LUMP = 8192

/** A lump of rows ends with the batch that reaches one of these. */
export const LUMP_ROWS = 1024
export const LUMP_CHARACTERS = 16_000_000

const STATEMENTS = {
  isBehind: 'SELECT 1 FROM batches WHERE number > (SELECT settled FROM progress) LIMIT 1',
  next: 'SELECT number, run, first_sequence, row_count, lines, text_ends FROM batches WHERE number > (SELECT settled FROM progress) ORDER BY number',
  isKeyBehind: 'SELECT 1 FROM batches WHERE number > (SELECT keyed FROM progress) LIMIT 1',
  nextKeys:
    'SELECT number, run, key FROM batches WHERE number > (SELECT keyed FROM progress) ORDER BY number LIMIT ?',
  key: 'INSERT OR IGNORE INTO keys (hash, run, batch) VALUES (?, ?, ?)',
  texts: 'SELECT texts FROM batches WHERE number = ?',
  settled: 'UPDATE progress SET settled = ?',
  keyed: 'UPDATE progress SET keyed = ?',
} as const

export class Settler {
  readonly #blocks: BlockTable
  readonly #statements: Readonly<Record<keyof typeof STATEMENTS, StatementSync>>

  constructor(database: DatabaseSync) {
    this.#blocks = new BlockTable(database)
    this.#statements = Object.fromEntries(
      Object.entries(STATEMENTS).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof STATEMENTS, StatementSync>
  }

  /** Whether there are rows to settle. */
  get isBehind(): boolean {
    return this.#statements.isBehind.get() !== undefined
  }

  /** Settles the rows of the oldest batches that are not yet, a lump of them, inside a transaction of the caller. */
  settleLump(): void {
    const lump = this.#nextLump()
    if (lump.length === 0) return
    const runs = Map.groupBy(lump, ({ run }) => run)
    for (const [run, batches] of runs) this.#addBlocks(run, batches)
    this.#statements.settled.run(lump.at(-1)!.number)
  }

  /** Whether there are keys to settle. */
  get isKeyBehind(): boolean {
    return this.#statements.isKeyBehind.get() !== undefined
  }

  /** Settles the oldest keys that are not yet, a lump of them, inside a transaction of the caller. */
  settleKeys(): void {
    const lump = this.#statements.nextKeys.all(KEY_LUMP)
    if (lump.length === 0) return
    const keys = lump.map(({ key, run, number }) => ({
      hash: textHash(key as string),
      run: run as number,
      number: number as number,
    }))
    const last = keys.at(-1)!.number
    // In the order of the index, neighbours on one page are written together.
    for (const { hash, run, number } of keys.sort((a, b) => a.hash - b.hash)) {
      this.#statements.key.run(hash, run, number)
    }
    this.#statements.keyed.run(last)
  }

  #nextLump(): UnsettledBatch[] {
    const lump: UnsettledBatch[] = []
    let rows = 0
    let characters = 0
    for (const raw of this.#statements.next.iterate()) {
      const batch = raw as unknown as UnsettledBatch
      lump.push(batch)
      rows += batch.row_count
      characters += batch.lines.length
      if (rows >= LUMP_ROWS || characters >= LUMP_CHARACTERS) break
    }
    return lump
  }

  #addBlocks(run: number, settled: readonly UnsettledBatch[]): void {
    const gathered = tableLots(settled).map((lot) =>
      gatherRows(lot, (batch) => this.#statements.texts.get(batch)!.texts as Uint8Array),
    )
    const rows = gathered.reduce((sum, { ids }) => sum + ids.length, 0)
    const batches = new Float64Array(rows)
    const ids = new Uint32Array(rows)
    let start = 0
    for (const one of gathered) {
      batches.set(one.batches, start)
      ids.set(one.ids, start)
      start += one.ids.length
    }
    start = 0
    for (const numbers of numberBlocks(gathered)) {
      const end = start + numbers.rows
      this.#blocks.append(run, {
        numbers,
        batches: batches.slice(start, end),
        ids: ids.slice(start, end),
      })
      start = end
    }
  }
}
