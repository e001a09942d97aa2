/**
 * Puts accepted batches where they are found: their keys into the index of keys, their rows into blocks. A lump of
 * many batches a transaction touches every page of an index once, where one batch at a time would touch one each.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Rollout } from '../../records/rollout.ts'
import { type NumberedBatch, numberBlocks, type PlacedBatch } from '../number-block.ts'
import { NumberTable } from '../number-table.ts'
import type { ScoredRow } from '../store.ts'
import { encodeText } from '../text-encoding.ts'
import { BlockTable } from './block-table.ts'
import { shortHash, textHash } from './text-hash.ts'

/** A lump ends with the batch that reaches one of these. */
export const LUMP_ROWS = 4096
export const LUMP_BYTES = 16_000_000

interface RawBatch {
  readonly number: number
  readonly run: number
  readonly first_sequence: number
  readonly key: string
  readonly lines: Uint8Array
}

/** Rows of one run that a lump holds, parallel to one another. */
interface RunRows {
  readonly placed: PlacedBatch<NumberedBatch>[]
  readonly batches: number[]
  readonly ids: number[]
}

const STATEMENTS = {
  progress: 'SELECT settled FROM progress',
  isBehind: 'SELECT 1 FROM batches WHERE number > (SELECT settled FROM progress) LIMIT 1',
  next: 'SELECT number, run, first_sequence, key, lines FROM batches WHERE number > (SELECT settled FROM progress) ORDER BY number',
  key: 'INSERT OR IGNORE INTO keys (hash, run, batch) VALUES (?, ?, ?)',
  settled: 'UPDATE progress SET settled = ?',
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

  /** Whether there are batches to settle. */
  get isBehind(): boolean {
    return this.#statements.isBehind.get() !== undefined
  }

  /** Settles the oldest batches that are not yet, a lump of them, inside a transaction of the caller. */
  settleLump(): void {
    const runs = new Map<number, RunRows>()
    const keys: { readonly hash: number; readonly run: number; readonly batch: number }[] = []
    let rows = 0
    let bytes = 0
    for (const raw of this.#statements.next.iterate() as IterableIterator<unknown> as Iterable<RawBatch>) {
      keys.push({ hash: textHash(raw.key), run: raw.run, batch: raw.number })
      const gathered = runs.get(raw.run) ?? { placed: [], batches: [], ids: [] }
      runs.set(raw.run, gathered)
      rows += gather(gathered, raw)
      bytes += raw.lines.byteLength
      if (rows >= LUMP_ROWS || bytes >= LUMP_BYTES) break
    }
    if (keys.length === 0) return
    for (const [run, gathered] of runs) this.#addBlocks(run, gathered)
    const last = keys.at(-1)!.batch
    // In the order of the index, neighbours on one page are written together.
    for (const { hash, run, batch } of keys.sort((a, b) => a.hash - b.hash)) {
      this.#statements.key.run(hash, run, batch)
    }
    this.#statements.settled.run(last)
  }

  #addBlocks(run: number, { placed, batches, ids }: RunRows): void {
    let start = 0
    for (const numbers of numberBlocks(placed)) {
      const end = start + numbers.rows
      this.#blocks.append(run, {
        numbers,
        batches: Float64Array.from(batches.slice(start, end)),
        ids: Uint32Array.from(ids.slice(start, end)),
      })
      start = end
    }
  }
}

/** Adds a batch to a run's rows; returns how many rows it has. */
function gather({ placed, batches, ids }: RunRows, raw: RawBatch): number {
  if (raw.lines.byteLength === 0) return 0
  const text = Buffer.from(raw.lines.buffer, raw.lines.byteOffset, raw.lines.byteLength).toString()
  const lines = text.split('\n')
  const rows = lines.length / 2
  const table = new NumberTable(rows)
  const batch = {
    ids: new Array<string>(rows),
    groups: new Array<string>(rows),
    steps: new Array<number | null>(rows),
  }
  for (let row = 0; row < rows; row++) {
    const rollout = JSON.parse(lines[2 * row]!) as Rollout
    table.gather(row, rollout, JSON.parse(lines[2 * row + 1]!) as ScoredRow)
    batch.ids[row] = encodeText(rollout.id)
    batch.groups[row] = encodeText(rollout.group)
    batch.steps[row] = rollout.step ?? null
    batches.push(raw.number)
    ids.push(shortHash(batch.ids[row]!))
  }
  placed.push({ batch: { ...batch, names: table.names, numbers: table.values }, first: raw.first_sequence })
  return rows
}
