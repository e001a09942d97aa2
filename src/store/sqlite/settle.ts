/**
 * Puts accepted batches where they are found: their keys into the index of keys, their rows into blocks. A lump of
 * many batches a transaction touches every page of an index once, where one batch at a time would touch one each.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { completionText, type Rollout } from '../../records/rollout.ts'
import { type NumberedBatch, numberBlocks, type PlacedBatch } from '../number-block.ts'
import { NumberTable } from '../number-table.ts'
import type { ScoredRow } from '../store.ts'
import { encodeText } from '../text-encoding.ts'
import { decodeStoredText } from './batch-lines.ts'
import { BlockTable } from './block-table.ts'
import { shortHash, textHash } from './text-hash.ts'
import { completionLength, TextReader, tableOf } from './text-store.ts'

/** A lump ends with the batch that reaches one of these. */
export const LUMP_ROWS = 4096
export const LUMP_CHARACTERS = 16_000_000

interface RawBatch {
  readonly number: number
  readonly run: number
  readonly first_sequence: number
  readonly key: string
  readonly lines: string
  readonly text_ends: Uint8Array
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
  next: 'SELECT number, run, first_sequence, key, lines, text_ends FROM batches WHERE number > (SELECT settled FROM progress) ORDER BY number',
  key: 'INSERT OR IGNORE INTO keys (hash, run, batch) VALUES (?, ?, ?)',
  texts: 'SELECT texts FROM batches WHERE number = ?',
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
    let characters = 0
    for (const raw of this.#statements.next.iterate() as IterableIterator<unknown> as Iterable<RawBatch>) {
      keys.push({ hash: textHash(raw.key), run: raw.run, batch: raw.number })
      const gathered = runs.get(raw.run) ?? { placed: [], batches: [], ids: [] }
      runs.set(raw.run, gathered)
      rows += this.#gather(gathered, raw)
      characters += raw.lines.length
      if (rows >= LUMP_ROWS || characters >= LUMP_CHARACTERS) break
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

  /** Adds a batch to a run's rows; returns how many rows it has. */
  #gather({ placed, batches, ids }: RunRows, raw: RawBatch): number {
    if (raw.lines === '') return 0
    const lines = raw.lines.split('\n')
    const rows = lines.length / 2
    const ends = tableOf(raw.text_ends)
    const table = new NumberTable(rows)
    const own = { ids: new Array<string>(rows), groups: new Array<string>(rows) }
    const steps = new Array<number | null>(rows)
    for (let row = 0; row < rows; row++) {
      const rollout = JSON.parse(lines[2 * row]!) as Omit<Rollout, 'prompt' | 'completion'>
      const length = completionLength(ends, row) ?? this.#messagesLength(raw, row)
      table.gather(row, rollout, JSON.parse(lines[2 * row + 1]!) as ScoredRow, length)
      own.ids[row] = encodeText(rollout.id)
      own.groups[row] = encodeText(rollout.group)
      steps[row] = rollout.step ?? null
      batches.push(raw.number)
      ids.push(shortHash(own.ids[row]!))
    }
    placed.push({
      batch: { ...own, steps, names: table.names, numbers: table.values },
      first: raw.first_sequence,
    })
    return rows
  }

  #messagesLength({ number, text_ends }: RawBatch, row: number): number {
    const texts = new TextReader(text_ends, this.#statements.texts.get(number)!.texts as Uint8Array)
    return completionText(decodeStoredText(texts.completion(row))).length
  }
}
