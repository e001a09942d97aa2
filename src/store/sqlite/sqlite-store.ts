/**
 * A store in one SQLite file. A worker thread with the only writing connection commits in groups; another with a
 * read-only connection answers what may take long. Only the look-up of a key, a few steps down an index, is done on
 * the calling thread, so that it never waits behind a long question.
 */
import type { DatabaseSync } from 'node:sqlite'
import type { Alert } from '../../audit/alert.ts'
import { GuerdonError } from '../../records/error.ts'
import type { RewardState } from '../../reward/score.ts'
import { decodeRun } from '../decode-row.ts'
import { encodeFilter } from '../encode-filter.ts'
import { GroupCommit } from '../group-commit.ts'
import { readCursor, writeCursor } from '../row-cursor.ts'
import type {
  AppendOutcome,
  BatchRecord,
  NewRun,
  NumberFrame,
  RetentionPolicy,
  RowFilter,
  RowOrder,
  RowPage,
  RunRecord,
  SignalWork,
  Store,
  StoredAlert,
  StoredAnswer,
  StoredRow,
} from '../store.ts'
import { encodeText } from '../text-encoding.ts'
import {
  type BatchPart,
  decodeAnswerLines,
  decodeRowLines,
  encodeLines,
  type RowLines,
} from './batch-lines.ts'
import { commitResult, type WriteValue } from './commit-result.ts'
import { KeyTail } from './key-tail.ts'
import { AnswerLookup } from './lookup.ts'
import { IN_MEMORY, openForReading } from './open-database.ts'
import { WorkerClient } from './worker-client.ts'
import type { AppendReply, WriteRequest } from './write.ts'

/** Characters of texts in one transaction: keeps it to tens of milliseconds. */
const TRANSACTION_WEIGHT = 8_000_000
/** Rows looked at in one piece of a text search. */
const SEARCH_ROWS = 20_000
/** Rows in one piece of an export. */
const EXPORT_ROWS = 500

export class SqliteStore implements Store {
  readonly location: string
  readonly #writer: WorkerClient
  readonly #reader: WorkerClient
  /** absent in memory, where the one connection belongs to the worker */
  readonly #lookup: { readonly database: DatabaseSync; readonly answers: AnswerLookup } | undefined
  readonly #commits: GroupCommit<WriteRequest, WriteValue>
  #closing: Promise<void> | undefined

  private constructor(path: string, writer: WorkerClient, reader: WorkerClient) {
    this.location = `sqlite:${path}`
    this.#writer = writer
    this.#reader = reader
    if (path !== IN_MEMORY) {
      const database = openForReading(path)
      this.#lookup = { database, answers: new AnswerLookup(database, new KeyTail(database)) }
    }
    this.#commits = new GroupCommit(async (requests) => {
      const replies = await writer.ask('write', requests)
      return replies.map((reply) => commitResult(reply, this.location))
    }, TRANSACTION_WEIGHT)
  }

  /** @param path a file, or `:memory:` for a store that is gone when it is closed */
  static async open(path: string): Promise<SqliteStore> {
    if (path === IN_MEMORY) {
      const both = await WorkerClient.open({ path, role: 'both' })
      return new SqliteStore(path, both, both)
    }
    const writer = await WorkerClient.open({ path, role: 'write' })
    try {
      return new SqliteStore(path, writer, await WorkerClient.open({ path, role: 'read' }))
    } catch (error) {
      await writer.close()
      throw error
    }
  }

  async openRun(run: NewRun): Promise<RunRecord> {
    const encoded = {
      id: encodeText(run.id),
      reward: encodeText(run.reward),
      spec: JSON.stringify(run.spec),
      specDigest: encodeText(run.specDigest),
      heldBack: JSON.stringify(run.heldBack),
      startedAt: Date.now(),
    }
    await this.#write({ kind: 'open-run', run: encoded }, encoded.spec.length)
    return (await this.run(run.id))!
  }

  async append(batches: readonly BatchRecord[]): Promise<AppendOutcome[]> {
    const parts: BatchPart[] = []
    let weight = 0
    for (const batch of batches) weight += encodeLines(parts, batch)
    const replies = (await this.#write({ kind: 'append', parts }, weight)) as AppendReply | null
    if (replies === null) return batches.map(() => ({ kind: 'stored' }))
    return replies.map((answer) =>
      answer === null ? { kind: 'stored' } : { kind: 'known', answer: decodeAnswerLines(answer) },
    )
  }

  async find(run: string, key: string, sinceMs = 0): Promise<StoredAnswer | undefined> {
    this.#refuseClosed()
    const given = [encodeText(run), encodeText(key), sinceMs] as const
    const raw =
      this.#lookup === undefined
        ? await this.#reader.ask('find', ...given)
        : this.#lookup.answers.find(...given)
    return raw === undefined ? undefined : decodeAnswerLines(raw)
  }

  async countRepeat(run: string, batch: string): Promise<void> {
    await this.#write({ kind: 'repeat', run: encodeText(run), batch: encodeText(batch), at: Date.now() }, 0)
  }

  async loadState(run: string): Promise<RewardState | undefined> {
    const state = await this.#reader.ask('state', encodeText(run))
    return state === null ? undefined : (JSON.parse(state) as RewardState)
  }

  async runs(): Promise<RunRecord[]> {
    return (await this.#reader.ask('runs')).map(decodeRun)
  }

  async run(id: string): Promise<RunRecord | undefined> {
    const raw = await this.#reader.ask('run', encodeText(id))
    return raw === undefined ? undefined : decodeRun(raw)
  }

  async rows(
    run: string,
    filter: RowFilter,
    { order, limit, after }: { order: RowOrder; limit: number; after?: string | undefined },
  ): Promise<RowPage> {
    const most = Math.max(1, Math.floor(limit))
    const given = { run: encodeText(run), filter: encodeFilter(filter), order, scan: SEARCH_ROWS }
    const rows: RowLines[] = []
    let next = readCursor(order, after) ?? null
    let isFirst = true
    await this.#settled()
    // A search comes back in pieces; other questions are answered between them.
    while (isFirst || (next !== null && rows.length < most)) {
      const page = await this.#reader.ask('page', {
        ...given,
        limit: most - rows.length,
        after: next ?? undefined,
      })
      rows.push(...page.rows)
      next = page.next
      isFirst = false
    }
    return { rows: rows.map(decodeRowLines), next: next === null ? null : writeCursor(order, next) }
  }

  async row(run: string, sequence: number): Promise<StoredRow | undefined> {
    if (!Number.isSafeInteger(sequence) || sequence < 0) return undefined
    await this.#settled()
    const raw = await this.#reader.ask('row', encodeText(run), sequence)
    return raw === undefined ? undefined : decodeRowLines(raw)
  }

  async numbers(run: string, filter: RowFilter, { most }: { most: number }): Promise<NumberFrame> {
    await this.#settled()
    return this.#reader.ask('numbers', encodeText(run), encodeFilter(filter), most)
  }

  async work(run: string, { most }: { most: number }): Promise<readonly (readonly SignalWork[])[]> {
    return this.#reader.ask('work', encodeText(run), most)
  }

  async *export(run: string): AsyncGenerator<readonly StoredRow[]> {
    await this.#settled()
    let from = 0
    for (;;) {
      const piece = await this.#reader.ask('piece', encodeText(run), from, EXPORT_ROWS)
      if (piece.length === 0) return
      yield piece.map(decodeRowLines)
      from = piece.at(-1)!.sequence + 1
    }
  }

  async saveAlert(run: string, alert: Alert, at: number): Promise<StoredAlert> {
    const json = JSON.stringify(alert)
    const id = await this.#write({ kind: 'alert', run: encodeText(run), at, alert: json }, json.length)
    return { ...alert, id: id as number, run, at }
  }

  async alerts(run: string): Promise<StoredAlert[]> {
    const raw = await this.#reader.ask('alerts', encodeText(run))
    return raw.map(({ id, at, alert }) => ({ ...(JSON.parse(alert) as Alert), id, run, at }))
  }

  async prune({ maximumRows, maximumAgeSeconds }: RetentionPolicy): Promise<number> {
    const before = maximumAgeSeconds === undefined ? null : Date.now() - 1000 * maximumAgeSeconds
    let rows = 0
    for (;;) {
      this.#refuseClosed()
      const piece = await this.#writer.ask('prune', maximumRows ?? null, before)
      rows += piece.rows
      if (!piece.more) return rows
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#commits.idle()
    this.#lookup?.database.close()
    if (this.#reader !== this.#writer) await this.#reader.close()
    await this.#writer.close()
  }

  #write(request: WriteRequest, weight: number): Promise<WriteValue> {
    if (this.#closing !== undefined) return Promise.reject(closed(this.location))
    return this.#commits.submit(request, weight)
  }

  /** Resolves when what is durable by now can be read; reading goes through what is settled alone. */
  async #settled(): Promise<void> {
    this.#refuseClosed()
    await this.#writer.ask('settle')
  }

  #refuseClosed(): void {
    if (this.#closing !== undefined) throw closed(this.location)
  }
}

function closed(location: string): GuerdonError {
  return new GuerdonError('STORE_FAILED', `the store ${location} is closed`)
}
