/** The look-ups that stand between a request and its answer: a few steps down an index each. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { AnswerLines, BatchHead } from './batch-lines.ts'
import type { KeyTail } from './key-tail.ts'
import { scoreLines } from './stored-batch.ts'
import { textHash } from './text-hash.ts'

/** Finds batches by their keys, on one connection. Keys are given as `encodeText` writes them. */
export class AnswerLookup {
  readonly #tail: KeyTail
  readonly #run: StatementSync
  readonly #candidates: StatementSync
  readonly #key: StatementSync
  readonly #batch: StatementSync

  constructor(database: DatabaseSync, tail: KeyTail) {
    this.#tail = tail
    this.#run = database.prepare('SELECT number FROM runs WHERE id = ?')
    this.#candidates = database.prepare('SELECT batch FROM keys WHERE hash = ? AND run = ?')
    this.#key = database.prepare('SELECT run, key FROM batches WHERE number = ?')
    this.#batch = database.prepare('SELECT head, lines FROM batches WHERE number = ? AND received_at >= ?')
  }

  /** Number of the batch that a run holds for a key; the tail has to be fresh. */
  batchOf(run: number, key: string): number | undefined {
    const recent = this.#tail.get(run, key)
    if (recent !== undefined && this.#isKeyOf(recent, run, key)) return recent
    for (const { batch } of this.#candidates.all(textHash(key), run)) {
      if (this.#isKeyOf(batch as number, run, key)) return batch as number
    }
    return undefined
  }

  #isKeyOf(batch: number, run: number, key: string): boolean {
    const found = this.#key.get(batch)
    return found !== undefined && found.run === run && found.key === key
  }

  /** The answer of a batch received at or after `sinceMs`. */
  answerOf(batch: number, sinceMs: number): AnswerLines | undefined {
    const raw = this.#batch.get(batch, sinceMs)
    if (raw === undefined) return undefined
    const { id, contentDigest, specDigest } = JSON.parse(raw.head as string) as BatchHead
    return { id, contentDigest, specDigest, rows: scoreLines(raw.lines as string) }
  }

  /** The stored answer of a key, received at or after `sinceMs`; undefined when the run holds none. */
  find(run: string, key: string, sinceMs: number): AnswerLines | undefined {
    const number = this.#run.get(run)?.number as number | undefined
    if (number === undefined) return undefined
    this.#tail.refresh()
    const batch = this.batchOf(number, key)
    return batch === undefined ? undefined : this.answerOf(batch, sinceMs)
  }
}
