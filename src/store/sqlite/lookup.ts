/** The look-ups that stand between a request and its answer: a few steps down an index each. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { RawAnswer } from '../decode-row.ts'
import { RUN_SPAN } from './migrations.ts'

interface AnswerHead {
  readonly id: string
  readonly content_digest: string
  readonly spec_digest: string
  readonly run: number
  readonly first_sequence: number
  readonly row_count: number
}

const HEAD = `SELECT b.id, b.content_digest, b.spec_digest, b.run, b.first_sequence, b.row_count
  FROM runs r JOIN batches b ON b.run = r.number
  WHERE r.id = ? AND b.key = ? AND b.received_at >= ?`

const ROWS = `SELECT r.id, r.grp, c.scores FROM rows r JOIN contents c ON c.place = r.place
  WHERE r.place BETWEEN ? AND ? ORDER BY r.place`

/** The answers of one connection. */
export class AnswerLookup {
  readonly #head: StatementSync
  readonly #rows: StatementSync

  constructor(database: DatabaseSync) {
    this.#head = database.prepare(HEAD)
    this.#rows = database.prepare(ROWS)
  }

  /** The stored answer of a key, received at or after `sinceMs`; undefined when the run holds none. */
  find(run: string, key: string, sinceMs: number): RawAnswer | undefined {
    const found = this.#head.get(run, key, sinceMs) as AnswerHead | undefined
    if (found === undefined) return undefined
    const first = found.run * RUN_SPAN + found.first_sequence
    return {
      id: found.id,
      content_digest: found.content_digest,
      spec_digest: found.spec_digest,
      rows: this.#rows.all(first, first + found.row_count - 1) as unknown as RawAnswer['rows'],
    }
  }
}
