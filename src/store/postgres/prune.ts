/** Forgets the oldest batches of a PostgreSQL store, one bounded piece a transaction. */
import { bytesOf, FIXED_COLUMNS, keepRows, valuesOf } from '../number-block.ts'
import { excessBatches, type OldBatch, PIECE_BATCHES, type PrunePiece, withinPiece } from '../prune-piece.ts'
import { LOCKS, lock, type Transaction } from './connect.ts'

async function oldBatches(
  transaction: Transaction,
  maximumRows: number | null,
  before: number | null,
): Promise<OldBatch[]> {
  if (before !== null) {
    const expired = await transaction`
      SELECT number, run, first_sequence, row_count FROM guerdon_batches WHERE received_at < ${before}
      ORDER BY number LIMIT ${PIECE_BATCHES}`
    if (expired.length > 0) return withinPiece(expired as unknown as OldBatch[])
  }
  if (maximumRows === null) return []
  const [{ total } = { total: 0 }] = await transaction`
    SELECT coalesce(sum(row_count), 0)::float8 AS total FROM guerdon_runs`
  if (total <= maximumRows) return []
  const oldest = await transaction`
    SELECT number, run, first_sequence, row_count FROM guerdon_batches ORDER BY number LIMIT ${PIECE_BATCHES}`
  return excessBatches(withinPiece(oldest as unknown as OldBatch[]), total - maximumRows)
}

/**
 * Forgets a piece: expired batches first (received before `before`), then the oldest while the store holds more than
 * `maximumRows` rows. Servers that prune at the same time take turns.
 */
export async function prunePiece(
  transaction: Transaction,
  maximumRows: number | null,
  before: number | null,
): Promise<PrunePiece> {
  await lock(transaction, LOCKS.prune)
  const batches = await oldBatches(transaction, maximumRows, before)
  if (batches.length === 0) return { rows: 0, more: false }
  const runs = [...new Set(batches.map(({ run }) => run))]
  // As `append` does: runs first, prompts after.
  await transaction`SELECT 1 FROM guerdon_runs WHERE number = ANY(${runs}::bigint[]) ORDER BY id FOR UPDATE`
  const numbers = batches.map(({ number }) => number)
  const ranges = batches.filter(({ row_count }) => row_count > 0)
  const of = ranges.map(({ run }) => run)
  const firsts = ranges.map(({ first_sequence }) => first_sequence)
  const lasts = ranges.map(({ first_sequence, row_count }) => first_sequence + row_count - 1)
  if (ranges.length > 0) {
    await transaction`
      DELETE FROM guerdon_contents c USING unnest(${of}::bigint[], ${firsts}::bigint[], ${lasts}::bigint[]) AS g (run, first, last)
      WHERE c.run = g.run AND c.sequence BETWEEN g.first AND g.last`
    const removed = await transaction`
      DELETE FROM guerdon_rows r USING unnest(${of}::bigint[], ${firsts}::bigint[], ${lasts}::bigint[]) AS g (run, first, last)
      WHERE r.run = g.run AND r.sequence BETWEEN g.first AND g.last
      RETURNING r.prompt`
    await releasePrompts(
      transaction,
      removed.map(({ prompt }) => prompt as number),
    )
    for (const run of runs)
      await pruneBlocks(
        transaction,
        run,
        ranges.filter((batch) => batch.run === run),
      )
  }
  await transaction`DELETE FROM guerdon_batches WHERE number = ANY(${numbers}::bigint[])`
  for (const run of runs) {
    const own = batches.filter((batch) => batch.run === run)
    const rows = own.reduce((sum, batch) => sum + batch.row_count, 0)
    await transaction`
      UPDATE guerdon_runs SET batches = batches - ${own.length}, row_count = row_count - ${rows} WHERE number = ${run}`
  }
  return { rows: batches.reduce((sum, batch) => sum + batch.row_count, 0), more: true }
}

async function releasePrompts(transaction: Transaction, prompts: readonly number[]): Promise<void> {
  const uses = new Map<number, number>()
  for (const prompt of prompts) uses.set(prompt, (uses.get(prompt) ?? 0) + 1)
  const numbers = [...uses.keys()]
  // Locked in the order in which `append` takes them.
  await transaction`SELECT 1 FROM guerdon_prompts WHERE number = ANY(${numbers}::bigint[]) ORDER BY digest COLLATE "C" FOR UPDATE`
  await transaction`
    UPDATE guerdon_prompts p SET uses = p.uses - gone.n
    FROM unnest(${numbers}::bigint[], ${[...uses.values()]}::bigint[]) AS gone (number, n) WHERE p.number = gone.number`
  await transaction`DELETE FROM guerdon_prompts WHERE number = ANY(${numbers}::bigint[]) AND uses <= 0`
}

/** Blocks lose the rows of forgotten batches; what a transaction stored together need not go together. */
async function pruneBlocks(
  transaction: Transaction,
  run: number,
  batches: readonly OldBatch[],
): Promise<void> {
  if (batches.length === 0) return
  const ranges = batches.map(
    ({ first_sequence, row_count }) => [first_sequence, first_sequence + row_count - 1] as const,
  )
  const isKept = (sequence: number): boolean =>
    !ranges.some(([from, to]) => sequence >= from && sequence <= to)
  const touched = await transaction`
    SELECT sequence, names, groups, numbers FROM guerdon_blocks
    WHERE run = ${run} AND sequence <= ${Math.max(...ranges.map(([, to]) => to))}
      AND last_sequence >= ${Math.min(...ranges.map(([from]) => from))}`
  for (const raw of touched) {
    const names = JSON.parse(raw.names) as string[]
    const values = valuesOf(raw.numbers)
    const rows = values.length / (names.length + FIXED_COLUMNS)
    const left = keepRows({ rows, names, groups: JSON.parse(raw.groups), values }, isKept)
    if (left?.rows === rows) continue
    if (left === undefined) {
      await transaction`DELETE FROM guerdon_blocks WHERE run = ${run} AND sequence = ${raw.sequence}`
    } else {
      await transaction`
        UPDATE guerdon_blocks SET sequence = ${left.values[0]!}, last_sequence = ${left.values[left.rows - 1]!},
          numbers = ${Buffer.from(bytesOf(left.values))}
        WHERE run = ${run} AND sequence = ${raw.sequence}`
    }
  }
}
