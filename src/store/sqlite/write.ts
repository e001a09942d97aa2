/** What the writing connection does. Every function here runs inside a transaction that the caller commits. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { RawAnswer } from '../decode-row.ts'
import { type EncodedBatch, lastStepOf, promptDigest } from '../encode-batch.ts'
import { bytesOf, numberBlocks, type PlacedBatch } from '../number-block.ts'
import { AnswerLookup } from './lookup.ts'
import { RUN_SPAN } from './migrations.ts'

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
  | { readonly kind: 'append'; readonly batches: readonly EncodedBatch[] }
  | { readonly kind: 'open-run'; readonly run: EncodedRun }
  | { readonly kind: 'repeat'; readonly run: string; readonly batch: string }
  | { readonly kind: 'alert'; readonly run: string; readonly at: number; readonly alert: string }

/** null = stored; an answer = the key was known */
export type AppendReply = readonly (RawAnswer | null)[]

export type WriteReply =
  | { readonly kind: 'done'; readonly value: AppendReply | number | null }
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
  readonly placed: PlacedBatch[]
}

const STATEMENTS = {
  run: 'SELECT number, next_sequence AS next FROM runs WHERE id = ?',
  known: 'SELECT 1 FROM batches WHERE run = ? AND key = ?',
  batch:
    'INSERT INTO batches (run, id, key, content_digest, protocol, spec_digest, step, received_at, seconds, work, first_sequence, row_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  prompt: 'UPDATE prompts SET uses = uses + ? WHERE digest = ? RETURNING number',
  newPrompt: 'INSERT INTO prompts (digest, uses) VALUES (?, ?)',
  promptText: 'INSERT INTO prompt_texts (prompt, text, messages) VALUES (?, ?, ?)',
  row: 'INSERT INTO rows (place, run, batch, prompt, id, grp, step, reward) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  content:
    'INSERT INTO contents (place, completion, completion_messages, rest, scores) VALUES (?, ?, ?, ?, ?)',
  layout: 'SELECT number FROM layouts WHERE names = ?',
  newLayout: 'INSERT INTO layouts (names) VALUES (?)',
  block: 'INSERT INTO blocks (place, last_place, layout, groups, numbers) VALUES (?, ?, ?, ?, ?)',
  counters:
    'UPDATE runs SET next_sequence = ?, batches = batches + ?, row_count = row_count + ?, last_at = max(coalesce(last_at, 0), ?), last_step = coalesce(?, last_step), state = coalesce(?, state) WHERE number = ?',
  openRun:
    'INSERT INTO runs (id, reward, spec, spec_digest, held_back, started_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET reward = excluded.reward, spec = excluded.spec, spec_digest = excluded.spec_digest, held_back = excluded.held_back',
  repeat: 'UPDATE batches SET repeats = repeats + 1 WHERE run = ? AND id = ?',
  alert: 'INSERT INTO alerts (run, at, alert) VALUES (?, ?, ?)',
} as const

export class SqliteWriter {
  readonly #answers: AnswerLookup
  readonly #statements: Readonly<Record<keyof typeof STATEMENTS, StatementSync>>

  constructor(database: DatabaseSync) {
    this.#answers = new AnswerLookup(database)
    this.#statements = Object.fromEntries(
      Object.entries(STATEMENTS).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof STATEMENTS, StatementSync>
  }

  /** Writes requests in order; a request that names an unknown run writes nothing and the others go on. */
  write(requests: readonly WriteRequest[]): WriteReply[] {
    const counters = new Map<string, RunCounter | undefined>()
    const replies = requests.map((request): WriteReply => {
      if (request.kind === 'open-run') {
        const { id, reward, spec, specDigest, heldBack, startedAt } = request.run
        this.#statements.openRun.run(id, reward, spec, specDigest, heldBack, startedAt)
        // What was noted of this run before may have been that there is none.
        if (counters.get(id) === undefined) counters.delete(id)
        return { kind: 'done', value: null }
      }
      const names = request.kind === 'append' ? request.batches.map(({ run }) => run) : [request.run]
      const unknown = names.find((run) => this.#counter(run, counters) === undefined)
      if (unknown !== undefined) return { kind: 'unknown-run', run: unknown }
      if (request.kind === 'append') {
        return { kind: 'done', value: request.batches.map((batch) => this.#append(batch, counters)) }
      }
      const { number } = counters.get(request.run)!
      if (request.kind === 'repeat') {
        this.#statements.repeat.run(number, request.batch)
        return { kind: 'done', value: null }
      }
      const { lastInsertRowid } = this.#statements.alert.run(number, request.at, request.alert)
      return { kind: 'done', value: Number(lastInsertRowid) }
    })
    for (const counter of counters.values()) if (counter !== undefined) this.#finish(counter)
    return replies
  }

  #counter(run: string, counters: Map<string, RunCounter | undefined>): RunCounter | undefined {
    if (counters.has(run)) return counters.get(run)
    const found = this.#statements.run.get(run) as { number: number; next: number } | undefined
    const counter =
      found === undefined
        ? undefined
        : { ...found, batches: 0, rows: 0, lastAt: 0, lastStep: null, state: null, placed: [] }
    counters.set(run, counter)
    return counter
  }

  #append(batch: EncodedBatch, counters: Map<string, RunCounter | undefined>): RawAnswer | null {
    const counter = counters.get(batch.run)!
    if (this.#statements.known.get(counter.number, batch.key) !== undefined) {
      return this.#answers.find(batch.run, batch.key, 0)!
    }
    const size = batch.ids.length
    const first = counter.next
    const { lastInsertRowid } = this.#statements.batch.run(
      counter.number,
      batch.id,
      batch.key,
      batch.contentDigest,
      batch.protocol,
      batch.specDigest,
      batch.step,
      batch.receivedAt,
      batch.seconds,
      batch.work,
      first,
      size,
    )
    const prompts = this.#prompts(batch)
    for (let row = 0; row < size; row++) {
      const place = counter.number * RUN_SPAN + first + row
      this.#statements.row.run(
        place,
        counter.number,
        lastInsertRowid,
        prompts[batch.promptOf[row]!]!,
        batch.ids[row]!,
        batch.groups[row]!,
        batch.steps[row]!,
        batch.rewards[row]!,
      )
      const { texts, messages } = batch.completions
      this.#statements.content.run(place, texts[row]!, messages[row]!, batch.rests[row]!, batch.scores[row]!)
    }
    counter.next += size
    counter.batches++
    counter.rows += size
    counter.lastAt = Math.max(counter.lastAt, batch.receivedAt)
    counter.lastStep = lastStepOf(batch) ?? counter.lastStep
    counter.state = batch.state ?? counter.state
    counter.placed.push({ batch, first })
    return null
  }

  #prompts(batch: EncodedBatch): number[] {
    const { texts, messages } = batch.prompts
    const uses = new Array<number>(texts.length).fill(0)
    for (const prompt of batch.promptOf) uses[prompt]!++
    return texts.map((text, index) => {
      const digest = promptDigest(batch.prompts, index)
      const known = this.#statements.prompt.get(uses[index]!, digest)
      if (known !== undefined) return known.number as number
      const { lastInsertRowid } = this.#statements.newPrompt.run(digest, uses[index]!)
      this.#statements.promptText.run(lastInsertRowid, text, messages[index]!)
      return Number(lastInsertRowid)
    })
  }

  #finish(counter: RunCounter): void {
    if (counter.batches === 0) return
    const { number, next, batches, rows, lastAt, lastStep, state } = counter
    for (const { rows: size, names, groups, values } of numberBlocks(counter.placed)) {
      this.#statements.block.run(
        number * RUN_SPAN + values[0]!,
        number * RUN_SPAN + values[size - 1]!,
        this.#layout(JSON.stringify(names)),
        JSON.stringify(groups),
        bytesOf(values),
      )
    }
    this.#statements.counters.run(next, batches, rows, lastAt, lastStep, state, number)
  }

  #layout(names: string): number {
    const known = this.#statements.layout.get(names)
    if (known !== undefined) return known.number as number
    return Number(this.#statements.newLayout.run(names).lastInsertRowid)
  }
}
