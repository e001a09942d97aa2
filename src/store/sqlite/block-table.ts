/** Writes and changes the records of `blocks`. Every function runs inside a transaction of the caller. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { bytesOf, FIXED_COLUMNS, valuesOf } from '../number-block.ts'
import { RUN_SPAN } from './migrations.ts'
import {
  joinBlocks,
  limitsOf,
  readRowIndex,
  type StoredBlock,
  withoutBatches,
  writeRowIndex,
} from './stored-block.ts'

/** Rows that blocks are joined up to. */
export const BLOCK_ROWS = 4096

const STATEMENTS = {
  layout: 'SELECT number FROM layouts WHERE names = ?',
  newLayout: 'INSERT INTO layouts (names) VALUES (?)',
  insert:
    'INSERT INTO blocks (place, last_place, row_count, valid_count, least_reward, largest_reward, least_step, largest_step, layout, groups, row_index, numbers) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  remove: 'DELETE FROM blocks WHERE place = ?',
  last: 'SELECT b.place, b.row_count, l.names FROM blocks b JOIN layouts l ON l.number = b.layout WHERE b.place BETWEEN ? AND ? ORDER BY b.place DESC LIMIT 1',
  block:
    'SELECT l.names, b.groups, b.row_index, b.numbers FROM blocks b JOIN layouts l ON l.number = b.layout WHERE b.place = ?',
  touched: 'SELECT place FROM blocks WHERE place BETWEEN ? AND ? AND last_place >= ?',
} as const

export class BlockTable {
  readonly #statements: Readonly<Record<keyof typeof STATEMENTS, StatementSync>>

  constructor(database: DatabaseSync) {
    this.#statements = Object.fromEntries(
      Object.entries(STATEMENTS).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof STATEMENTS, StatementSync>
  }

  /**
   * Adds a block behind the others of its run. Where a last block of the same columns is not much larger they become
   * one: rows that come one by one end up in large blocks, and each is rewritten only as often as blocks double.
   */
  append(run: number, added: StoredBlock): void {
    let block = added
    for (;;) {
      const last = this.#statements.last.get(run * RUN_SPAN, (run + 1) * RUN_SPAN - 1)
      if (last === undefined) break
      const rows = last.row_count as number
      if (rows > 2 * block.numbers.rows || rows + block.numbers.rows > BLOCK_ROWS) break
      if (last.names !== JSON.stringify(block.numbers.names)) break
      block = joinBlocks(this.#read(last.place as number), block)
      this.#statements.remove.run(last.place as number)
    }
    this.#insert(run, block)
  }

  /** Takes forgotten batches of a run out of the blocks between two sequences. */
  remove(run: number, batches: ReadonlySet<number>, firstSequence: number, lastSequence: number): void {
    const span = run * RUN_SPAN
    for (const { place } of this.#statements.touched.all(span, span + lastSequence, span + firstSequence)) {
      const block = this.#read(place as number)
      const left = withoutBatches(block, batches)
      if (left === block) continue
      this.#statements.remove.run(place as number)
      if (left !== undefined) this.#insert(run, left)
    }
  }

  #read(place: number): StoredBlock {
    const raw = this.#statements.block.get(place)!
    const names = JSON.parse(raw.names as string) as string[]
    const groups = JSON.parse(raw.groups as string) as string[]
    const values = valuesOf(raw.numbers as Uint8Array)
    const { batches, ids } = readRowIndex(raw.row_index as Uint8Array)
    return {
      numbers: { rows: values.length / (names.length + FIXED_COLUMNS), names, groups, values },
      batches,
      ids,
    }
  }

  #insert(run: number, block: StoredBlock): void {
    const { rows, names, groups, values } = block.numbers
    const limits = limitsOf(block)
    this.#statements.insert.run(
      run * RUN_SPAN + values[0]!,
      run * RUN_SPAN + values[rows - 1]!,
      rows,
      limits.validCount,
      limits.leastReward,
      limits.largestReward,
      limits.leastStep,
      limits.largestStep,
      this.#layout(JSON.stringify(names)),
      JSON.stringify(groups),
      writeRowIndex(block),
      bytesOf(values),
    )
  }

  #layout(names: string): number {
    const known = this.#statements.layout.get(names)
    if (known !== undefined) return known.number as number
    return Number(this.#statements.newLayout.run(names).lastInsertRowid)
  }
}
