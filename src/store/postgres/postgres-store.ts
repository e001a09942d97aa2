/** A store in PostgreSQL, which several servers may share: also one run may be written by several. */
import type { Alert } from '../../audit/alert.ts'
import { GuerdonError } from '../../records/error.ts'
import type { RewardState } from '../../reward/score.ts'
import { decodeAnswer, decodeRow, decodeRun } from '../decode-row.ts'
import { type EncodedBatch, encodeBatch } from '../encode-batch.ts'
import { encodeFilter } from '../encode-filter.ts'
import { GroupCommit } from '../group-commit.ts'
import { PIECE_BATCHES, PIECE_ROWS } from '../prune-piece.ts'
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
import { type Appended, appendAll } from './append.ts'
import { Connection } from './connect.ts'
import { PostgresReader } from './read.ts'

/** Characters of texts in one transaction. */
const TRANSACTION_WEIGHT = 8_000_000
/** Rows in one piece of an export. */
const EXPORT_ROWS = 500

export class PostgresStore implements Store {
  readonly location: string
  readonly #connection: Connection
  readonly #reader: PostgresReader
  readonly #commits: GroupCommit<readonly EncodedBatch[], Appended[]>
  #closing: Promise<void> | undefined

  private constructor(connection: Connection, reader: PostgresReader) {
    this.location = connection.location
    this.#connection = connection
    this.#reader = reader
    this.#commits = new GroupCommit(async (entries) => {
      const outcomes = await connection.use((sql) => appendAll(sql, entries))
      return outcomes.map((value) => ({ ok: true, value }))
    }, TRANSACTION_WEIGHT)
  }

  static async open(url: string): Promise<PostgresStore> {
    const connection = await Connection.open(url)
    try {
      return new PostgresStore(connection, await connection.use(() => PostgresReader.open(connection)))
    } catch (error) {
      await connection.close()
      throw error
    }
  }

  async openRun(run: NewRun): Promise<RunRecord> {
    await this.#connection.use(
      (sql) => sql`
        INSERT INTO guerdon_runs (id, reward, spec, spec_digest, held_back, started_at)
        VALUES (${encodeText(run.id)}, ${encodeText(run.reward)}, ${JSON.stringify(run.spec)},
          ${encodeText(run.specDigest)}, ${JSON.stringify(run.heldBack)}, ${Date.now()})
        ON CONFLICT (id) DO UPDATE SET reward = excluded.reward, spec = excluded.spec,
          spec_digest = excluded.spec_digest, held_back = excluded.held_back`,
    )
    return (await this.run(run.id))!
  }

  async append(batches: readonly BatchRecord[]): Promise<AppendOutcome[]> {
    this.#refuseClosed()
    const encoded = batches.map(encodeBatch)
    const weight = encoded.reduce((sum, batch) => sum + batch.weight, 0)
    const outcomes = await this.#commits.submit(encoded, weight)
    const unknown = outcomes.indexOf('unknown-run')
    if (unknown >= 0) throw this.#unknownRun(batches[unknown]!.run)
    return Promise.all(
      outcomes.map(async (outcome, index): Promise<AppendOutcome> => {
        if (outcome === 'stored') return { kind: 'stored' }
        const { run, key } = batches[index]!
        const answer = await this.find(run, key)
        if (answer !== undefined) return { kind: 'known', answer }
        throw new GuerdonError('STORE_FAILED', `the store ${this.location} has just forgotten a batch`, {
          found: key,
        })
      }),
    )
  }

  async find(run: string, key: string, sinceMs = 0): Promise<StoredAnswer | undefined> {
    const raw = await this.#connection.read(() =>
      this.#reader.find(encodeText(run), encodeText(key), sinceMs),
    )
    return raw === undefined ? undefined : decodeAnswer(raw)
  }

  async countRepeat(run: string, batch: string): Promise<void> {
    const updated = await this.#connection.use(
      (sql) => sql`
        UPDATE guerdon_batches b SET repeats = repeats + 1 FROM guerdon_runs r
        WHERE r.id = ${encodeText(run)} AND b.run = r.number AND b.id = ${encodeText(batch)}`,
    )
    if (updated.count === 0 && (await this.run(run)) === undefined) throw this.#unknownRun(run)
  }

  async loadState(run: string): Promise<RewardState | undefined> {
    const state = await this.#connection.read(() => this.#reader.state(encodeText(run)))
    return state === null ? undefined : (JSON.parse(state) as RewardState)
  }

  async runs(): Promise<RunRecord[]> {
    return (await this.#connection.read(() => this.#reader.runs())).map(decodeRun)
  }

  async run(id: string): Promise<RunRecord | undefined> {
    const raw = await this.#connection.read(() => this.#reader.run(encodeText(id)))
    return raw === undefined ? undefined : decodeRun(raw)
  }

  async rows(
    run: string,
    filter: RowFilter,
    { order, limit, after }: { order: RowOrder; limit: number; after?: string | undefined },
  ): Promise<RowPage> {
    const request = {
      run: encodeText(run),
      filter: encodeFilter(filter),
      order,
      limit: Math.max(1, Math.floor(limit)),
      after: readCursor(order, after),
    }
    const { rows, next } = await this.#connection.read(() => this.#reader.page(request))
    return { rows: rows.map(decodeRow), next: next === null ? null : writeCursor(order, next) }
  }

  async row(run: string, sequence: number): Promise<StoredRow | undefined> {
    if (!Number.isSafeInteger(sequence) || sequence < 0) return undefined
    const raw = await this.#connection.read(() => this.#reader.row(encodeText(run), sequence))
    return raw === undefined ? undefined : decodeRow(raw)
  }

  numbers(run: string, filter: RowFilter, { most }: { most: number }): Promise<NumberFrame> {
    return this.#connection.read(() => this.#reader.numbers(encodeText(run), encodeFilter(filter), most))
  }

  async work(run: string, { most }: { most: number }): Promise<readonly (readonly SignalWork[])[]> {
    return (await this.#connection.read(() => this.#reader.work(encodeText(run), most))).map((work) =>
      JSON.parse(work),
    )
  }

  async *export(run: string): AsyncGenerator<readonly StoredRow[]> {
    let from = 0
    for (;;) {
      const start = from
      const piece = await this.#connection.read(() => this.#reader.piece(encodeText(run), start, EXPORT_ROWS))
      if (piece.length === 0) return
      yield piece.map(decodeRow)
      from = piece.at(-1)!.sequence + 1
    }
  }

  async saveAlert(run: string, alert: Alert, at: number): Promise<StoredAlert> {
    const saved = await this.#connection.use(
      (sql) => sql`
        INSERT INTO guerdon_alerts (run, at, alert)
        SELECT number, ${at}, ${JSON.stringify(alert)} FROM guerdon_runs WHERE id = ${encodeText(run)}
        RETURNING number`,
    )
    if (saved.length === 0) throw this.#unknownRun(run)
    return { ...alert, id: saved[0]!.number, run, at }
  }

  async alerts(run: string): Promise<StoredAlert[]> {
    const raw = await this.#connection.read(() => this.#reader.alerts(encodeText(run)))
    return raw.map(({ id, at, alert }) => ({ ...(JSON.parse(alert) as Alert), id, run, at }))
  }

  async prune({ maximumRows, maximumAgeSeconds }: RetentionPolicy): Promise<number> {
    const before = maximumAgeSeconds === undefined ? null : Date.now() - 1000 * maximumAgeSeconds
    let rows = 0
    for (;;) {
      const [piece] = await this.#connection.use(
        (sql) =>
          sql`SELECT * FROM guerdon_prune(${maximumRows ?? null}, ${before}, ${PIECE_ROWS}, ${PIECE_BATCHES})`,
      )
      rows += piece!.gone
      if (piece!.more !== true) return rows
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    await this.#commits.idle()
    await this.#connection.close()
  }

  #refuseClosed(): void {
    if (this.#closing === undefined) return
    throw new GuerdonError('STORE_FAILED', `the store ${this.location} is closed`)
  }

  #unknownRun(run: string): GuerdonError {
    return new GuerdonError('STORE_UNKNOWN_RUN', `the store ${this.location} holds no such run`, {
      found: run,
    })
  }
}
