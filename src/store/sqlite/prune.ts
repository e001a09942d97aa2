/** Forgets the oldest batches of a SQLite store, one bounded piece a transaction. */
import type { DatabaseSync } from 'node:sqlite'
import { excessBatches, type OldBatch, PIECE_BATCHES, type PrunePiece, withinPiece } from '../prune-piece.ts'
import { encodeText } from '../text-encoding.ts'
import type { BatchHead } from './batch-lines.ts'
import { BlockTable } from './block-table.ts'
import { textHash } from './text-hash.ts'

interface OldKey extends OldBatch {
  readonly key: string
  readonly head: string
}

const COLUMNS = 'number, run, first_sequence, row_count, key, head'
const SETTLED = 'number <= (SELECT min(settled, keyed) FROM progress)'

/** Batches received before a time, the oldest first, at most a piece of them. */
function expiredBatches(database: DatabaseSync, before: number): OldKey[] {
  const expired = database.prepare(
    `SELECT ${COLUMNS} FROM batches INDEXED BY batches_by_time WHERE run = ? AND received_at < ? AND ${SETTLED} ORDER BY received_at, number LIMIT ?`,
  )
  for (const { number } of database.prepare('SELECT number FROM runs ORDER BY number').all()) {
    const found = expired.all(number as number, before, PIECE_BATCHES)
    if (found.length > 0) return found as unknown as OldKey[]
  }
  return []
}

/** The oldest batches that must go, at most a piece of them. */
function oldBatches(database: DatabaseSync, maximumRows: number | null, before: number | null): OldKey[] {
  const expired = before === null ? [] : expiredBatches(database, before)
  if (expired.length > 0) return withinPiece(expired)
  if (maximumRows === null) return []
  const total = database.prepare('SELECT coalesce(sum(row_count), 0) AS total FROM runs').get()!
    .total as number
  if (total <= maximumRows) return []
  const oldest = database
    .prepare(`SELECT ${COLUMNS} FROM batches WHERE ${SETTLED} ORDER BY number LIMIT ?`)
    .all(PIECE_BATCHES) as unknown as OldKey[]
  return excessBatches(withinPiece(oldest), total - maximumRows)
}

/**
 * Forgets a piece: expired batches first (received before `before`), then the oldest while the store holds more than
 * `maximumRows` rows; of settled batches alone. Runs inside a transaction of the caller.
 */
export function prunePiece(
  database: DatabaseSync,
  maximumRows: number | null,
  before: number | null,
): PrunePiece {
  const batches = oldBatches(database, maximumRows, before)
  const removeBatch = database.prepare('DELETE FROM batches WHERE number = ?')
  const removeKey = database.prepare('DELETE FROM keys WHERE hash = ? AND run = ? AND batch = ?')
  const removeRepeats = database.prepare('DELETE FROM repeats WHERE run = ? AND id = ?')
  const count = database.prepare(
    'UPDATE runs SET batches = batches - 1, row_count = row_count - ? WHERE number = ?',
  )
  const gone = new Map<number, OldKey[]>()
  let rows = 0
  for (const batch of batches) {
    const { number, run, row_count, key, head } = batch
    removeBatch.run(number)
    removeKey.run(textHash(key), run, number)
    removeRepeats.run(run, encodeText((JSON.parse(head) as BatchHead).id))
    count.run(row_count, run)
    if (row_count > 0) gone.set(run, [...(gone.get(run) ?? []), batch])
    rows += row_count
  }
  const blocks = new BlockTable(database)
  for (const [run, forgotten] of gone) {
    const first = Math.min(...forgotten.map(({ first_sequence }) => first_sequence))
    const last = Math.max(...forgotten.map(({ first_sequence, row_count }) => first_sequence + row_count - 1))
    blocks.remove(run, new Set(forgotten.map(({ number }) => number)), first, last)
    forgetRepeats(database, run)
  }
  return { rows, more: batches.length > 0 }
}

/** A repeat that was counted before the oldest batch came was one of a batch forgotten since. */
function forgetRepeats(database: DatabaseSync, run: number): void {
  database
    .prepare(
      'DELETE FROM repeats WHERE run = ?1 AND counted_at < coalesce((SELECT min(received_at) FROM batches WHERE run = ?1), 9e999)',
    )
    .run(run)
}
