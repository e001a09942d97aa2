/**
 * What the writing connection does before a batch is acknowledged. Every function here runs inside a transaction that
 * the caller commits.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { encodeText } from '../text-encoding.ts'
import { type AnswerLines, type BatchHead, type BatchPart, PARTS_BEFORE_TEXTS } from './batch-lines.ts'
import type { KeyTail } from './key-tail.ts'
import { AnswerLookup } from './lookup.ts'
import { TextWriter, tableBytes } from './text-store.ts'

export interface EncodedRun {
  readonly id: string
  readonly reward: string
  readonly spec: string
  readonly specDigest: string
  readonly heldBack: string
  readonly startedAt: number
}

/** What is written together: each is one entry of a group commit. */
export type WriteRequest =
  | { readonly kind: 'append'; readonly parts: readonly BatchPart[] }
  | { readonly kind: 'open-run'; readonly run: EncodedRun }
  | { readonly kind: 'repeat'; readonly run: string; readonly batch: string; readonly at: number }
  | { readonly kind: 'alert'; readonly run: string; readonly at: number; readonly alert: string }

/** null = stored; an answer = the key was known */
export type AppendReply = readonly (AnswerLines | null)[]

/** null = all batches of an append were stored, which is what most replies say */
export type WriteReply =
  | null
  | { readonly kind: 'done'; readonly value: AppendReply | number }
  | { readonly kind: 'unknown-run'; readonly run: string }
  | { readonly kind: 'failed'; readonly sentence: string }

interface RunCounter {
  readonly number: number
  next: number
  batches: number
  rows: number
  lastAt: number
  lastStep: number | null
  state: string | null
}

type RunCounters = Map<string, RunCounter | undefined>

const STATEMENTS = {
  run: 'SELECT number, next_sequence AS next FROM runs WHERE id = ?',
  // Numbers of forgotten batches are not given again, so that `progress` never names a later one.
  last: 'SELECT max(coalesce((SELECT max(number) FROM batches), 0), (SELECT max(settled, keyed) FROM progress)) AS last',
  batch:
    'INSERT INTO batches (number, run, first_sequence, row_count, received_at, key, head, lines, text_ends, texts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  counters:
    'UPDATE runs SET next_sequence = ?, batches = batches + ?, row_count = row_count + ?, last_at = max(coalesce(last_at, 0), ?), last_step = coalesce(?, last_step), state = coalesce(?, state) WHERE number = ?',
  openRun:
    'INSERT INTO runs (id, reward, spec, spec_digest, held_back, started_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET reward = excluded.reward, spec = excluded.spec, spec_digest = excluded.spec_digest, held_back = excluded.held_back',
  repeat:
    'INSERT INTO repeats (run, id, count, counted_at) VALUES (?, ?, 1, ?) ON CONFLICT (run, id) DO UPDATE SET count = count + 1, counted_at = excluded.counted_at',
  alert: 'INSERT INTO alerts (run, at, alert) VALUES (?, ?, ?)',
} as const

/** How much was stored. */
export interface StoredAmount {
  batches: number
  rows: number
  characters: number
}

export class SqliteWriter {
  readonly #answers: AnswerLookup
  readonly #tail: KeyTail
  readonly #texts = new TextWriter()
  readonly #statements: Readonly<Record<keyof typeof STATEMENTS, StatementSync>>
  #lastNumber = 0
  #stored: StoredAmount = { batches: 0, rows: 0, characters: 0 }

  constructor(database: DatabaseSync, tail: KeyTail) {
    this.#tail = tail
    this.#answers = new AnswerLookup(database, tail)
    this.#statements = Object.fromEntries(
      Object.entries(STATEMENTS).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof STATEMENTS, StatementSync>
  }

  /** What was stored since it was asked last. */
  takeStored(): StoredAmount {
    const stored = this.#stored
    this.#stored = { batches: 0, rows: 0, characters: 0 }
    return stored
  }

  /** Writes requests in order; a request that names an unknown run writes nothing and the others go on. */
  write(requests: readonly WriteRequest[]): WriteReply[] {
    const counters: RunCounters = new Map()
    if (requests.some(({ kind }) => kind === 'append')) {
      this.#tail.refresh()
      this.#lastNumber = this.#statements.last.get()!.last as number
    }
    const replies = requests.map((request) => this.#one(request, counters))
    for (const counter of counters.values()) if (counter !== undefined) this.#finish(counter)
    return replies
  }

  #one(request: WriteRequest, counters: RunCounters): WriteReply {
    if (request.kind === 'open-run') {
      const { id, reward, spec, specDigest, heldBack, startedAt } = request.run
      this.#statements.openRun.run(id, reward, spec, specDigest, heldBack, startedAt)
      // What was noted of this run before may have been that there is none.
      if (counters.get(id) === undefined) counters.delete(id)
      return null
    }
    if (request.kind === 'append') return this.#appendAll(request.parts, counters)
    const counter = this.#counter(request.run, counters)
    if (counter === undefined) return { kind: 'unknown-run', run: request.run }
    if (request.kind === 'repeat') {
      this.#statements.repeat.run(counter.number, request.batch, request.at)
      return null
    }
    const { lastInsertRowid } = this.#statements.alert.run(counter.number, request.at, request.alert)
    return { kind: 'done', value: Number(lastInsertRowid) }
  }

  #counter(run: string, counters: RunCounters): RunCounter | undefined {
    if (counters.has(run)) return counters.get(run)
    const found = this.#statements.run.get(run) as { number: number; next: number } | undefined
    const counter =
      found === undefined
        ? undefined
        : { ...found, batches: 0, rows: 0, lastAt: 0, lastStep: null, state: null }
    counters.set(run, counter)
    return counter
  }

  #appendAll(parts: readonly BatchPart[], counters: RunCounters): WriteReply {
    const batches: { readonly head: BatchHead; readonly at: number }[] = []
    for (let at = 0; at < parts.length; ) {
      const head = JSON.parse(parts[at] as string) as BatchHead
      if (this.#counter(encodeText(head.run), counters) === undefined) {
        return { kind: 'unknown-run', run: head.run }
      }
      batches.push({ head, at })
      at += PARTS_BEFORE_TEXTS + 2 * head.rows
    }
    const answers = batches.map(({ head, at }) => this.#append(parts, at, head, counters))
    return answers.every((answer) => answer === null) ? null : { kind: 'done', value: answers }
  }

  #append(
    parts: readonly BatchPart[],
    at: number,
    head: BatchHead,
    counters: RunCounters,
  ): AnswerLines | null {
    const counter = counters.get(encodeText(head.run))!
    const key = encodeText(head.key)
    const known = this.#answers.batchOf(counter.number, key)
    if (known !== undefined) return this.#answers.answerOf(known, 0)!
    const [encodedHead, state, lines] = parts.slice(at, at + PARTS_BEFORE_TEXTS) as [
      string,
      string | null,
      string,
    ]
    const { ends, bytes } = this.#texts.write(parts, at + PARTS_BEFORE_TEXTS, 2 * head.rows)
    const number = ++this.#lastNumber
    this.#statements.batch.run(
      number,
      counter.number,
      counter.next,
      head.rows,
      head.receivedAt,
      key,
      encodedHead,
      lines,
      tableBytes(ends),
      bytes,
    )
    this.#tail.add(counter.number, key, number)
    this.#stored.batches++
    this.#stored.rows += head.rows
    this.#stored.characters += lines.length + bytes.length
    counter.next += head.rows
    counter.batches++
    counter.rows += head.rows
    counter.lastAt = Math.max(counter.lastAt, head.receivedAt)
    counter.lastStep = head.lastStep ?? counter.lastStep
    counter.state = state ?? counter.state
    return null
  }

  #finish(counter: RunCounter): void {
    if (counter.batches === 0) return
    const { number, next, batches, rows, lastAt, lastStep, state } = counter
    this.#statements.counters.run(next, batches, rows, lastAt, lastStep, state, number)
  }
}
