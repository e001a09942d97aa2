/** Forgets the oldest batches of a SQLite store, one bounded piece a transaction. */
import type { DatabaseSync } from 'node:sqlite'
import { bytesOf, FIXED_COLUMNS, keepRows, valuesOf } from '../number-block.ts'
import { excessBatches, type OldBatch, PIECE_BATCHES, type PrunePiece, withinPiece } from '../prune-piece.ts'
import { RUN_SPAN } from './migrations.ts'

/** The oldest batches that must go, at most a piece of them. */
function oldBatches(database: DatabaseSync, maximumRows: number | null, before: number | null): OldBatch[] {
  const columns = 'number, run, first_sequence, row_count'
  const expired =
    before === null
      ? []
      : (database
          .prepare(`SELECT ${columns} FROM batches WHERE received_at < ? ORDER BY number LIMIT ?`)
          .all(before, PIECE_BATCHES) as unknown as OldBatch[])
  if (expired.length > 0) return withinPiece(expired)
  if (maximumRows === null) return []
  const total = database.prepare('SELECT coalesce(sum(row_count), 0) AS total FROM runs').get()!
    .total as number
  if (total <= maximumRows) return []
  const oldest = database
    .prepare(`SELECT ${columns} FROM batches ORDER BY number LIMIT ?`)
    .all(PIECE_BATCHES) as unknown as OldBatch[]
  return excessBatches(withinPiece(oldest), total - maximumRows)
}

/**
 * Forgets a piece: expired batches first (received before `before`), then the oldest while the store holds more than
 * `maximumRows` rows. Runs inside a transaction of the caller.
 */
export function prunePiece(
  database: DatabaseSync,
  maximumRows: number | null,
  before: number | null,
): PrunePiece {
  const batches = oldBatches(database, maximumRows, before)
  const removePrompts = database.prepare(
    'UPDATE prompts SET uses = uses - n FROM (SELECT prompt AS p, count(*) AS n FROM rows WHERE place BETWEEN ? AND ? GROUP BY prompt) WHERE number = p',
  )
  const removeRows = database.prepare('DELETE FROM rows WHERE place BETWEEN ? AND ?')
  const removeContents = database.prepare('DELETE FROM contents WHERE place BETWEEN ? AND ?')
  const removeBatch = database.prepare('DELETE FROM batches WHERE number = ?')
  const count = database.prepare(
    'UPDATE runs SET batches = batches - 1, row_count = row_count - ? WHERE number = ?',
  )
  const gone = new Map<number, [number, number][]>()
  let rows = 0
  for (const { number, run, first_sequence, row_count } of batches) {
    const first = run * RUN_SPAN + first_sequence
    const last = first + row_count - 1
    removePrompts.run(first, last)
    removeRows.run(first, last)
    removeContents.run(first, last)
    removeBatch.run(number)
    count.run(row_count, run)
    if (row_count > 0) {
      const ranges = gone.get(run) ?? []
      gone.set(run, ranges)
      ranges.push([first_sequence, first_sequence + row_count - 1])
    }
    rows += row_count
  }
  for (const [run, ranges] of gone) pruneBlocks(database, run, ranges)
  database.exec(
    'DELETE FROM prompt_texts WHERE prompt IN (SELECT number FROM prompts WHERE uses <= 0); DELETE FROM prompts WHERE uses <= 0',
  )
  return { rows, more: batches.length > 0 }
}

/** Blocks lose the rows of forgotten batches; what a transaction stored together need not go together. */
function pruneBlocks(
  database: DatabaseSync,
  run: number,
  ranges: readonly (readonly [number, number])[],
): void {
  const first = run * RUN_SPAN + Math.min(...ranges.map(([from]) => from))
  const last = run * RUN_SPAN + Math.max(...ranges.map(([, to]) => to))
  const touched = database
    .prepare(
      'SELECT b.place, b.layout, b.groups, b.numbers, l.names FROM blocks b JOIN layouts l ON l.number = b.layout WHERE b.place BETWEEN ? AND ? AND b.last_place >= ?',
    )
    .all(run * RUN_SPAN, last, first)
  const remove = database.prepare('DELETE FROM blocks WHERE place = ?')
  const insert = database.prepare(
    'INSERT INTO blocks (place, last_place, layout, groups, numbers) VALUES (?, ?, ?, ?, ?)',
  )
  const isKept = (sequence: number): boolean =>
    !ranges.some(([from, to]) => sequence >= from && sequence <= to)
  for (const raw of touched) {
    const names = JSON.parse(raw.names as string) as string[]
    const values = valuesOf(raw.numbers as Uint8Array)
    const rows = values.length / (names.length + FIXED_COLUMNS)
    const left = keepRows({ rows, names, groups: JSON.parse(raw.groups as string), values }, isKept)
    if (left?.rows === rows) continue
    remove.run(raw.place as number)
    if (left === undefined) continue
    const span = run * RUN_SPAN
    insert.run(
      span + left.values[0]!,
      span + left.values[left.rows - 1]!,
      raw.layout as number,
      raw.groups as string,
      bytesOf(left.values),
    )
  }
}
