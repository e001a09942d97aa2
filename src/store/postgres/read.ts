/** What is read from PostgreSQL. */
import type { Row } from 'postgres'
import type { RawAnswer, RawRow, RawRun } from '../decode-row.ts'
import { FrameBuilder } from '../frame-builder.ts'
import { FIXED_COLUMNS, keepRows, type NumberBlock, valuesOf } from '../number-block.ts'
import { type PagePart, pageParts } from '../page-parts.ts'
import { byReward, type RowCursor, rises } from '../row-cursor.ts'
import type { NumberFrame, RowFilter, RowOrder } from '../store.ts'
import { likePattern, textPattern } from '../text-search.ts'
import type { Connection, Sql } from './connect.ts'

type Bound = (string | number | null)[]

/** Blocks in one piece of an answer; between pieces the event loop goes on. */
const BLOCKS = 200
/** Rows that one piece of a search looks at. */
const SEARCH_ROWS = 2000

const RUN =
  'SELECT id, reward, spec, spec_digest, held_back, started_at, last_at, batches, row_count, last_step FROM guerdon_runs'

/** Whole rows of a selection of `guerdon_rows`. */
const wholeRows = (thin: string): string => `
  SELECT r.sequence, r.id, r.grp, r.step, r.reward, t.text AS prompt, t.messages AS prompt_messages, c.completion,
    c.completion_messages, c.rest, c.scores, b.id AS batch, b.protocol, b.spec_digest, b.received_at, b.repeats
  FROM (${thin}) r JOIN guerdon_contents c ON c.run = r.run AND c.sequence = r.sequence
    JOIN guerdon_prompts t ON t.number = r.prompt JOIN guerdon_batches b ON b.number = r.batch`

/** Conditions with their numbered parameters. */
class Conditions {
  readonly bound: Bound = []
  readonly #parts: string[] = []

  /** `?` stands for the next value, `?1` for the value that this call added first. */
  add(condition: string, ...values: Bound): void {
    const first = this.bound.length + 1
    this.bound.push(...values)
    let next = first
    this.#parts.push(condition.replace(/\?1|\?/g, (mark) => (mark === '?1' ? `$${first}` : `$${next++}`)))
  }

  get sql(): string {
    return this.#parts.join(' AND ')
  }
}

export interface PageRequest {
  readonly run: string
  readonly filter: RowFilter
  readonly order: RowOrder
  readonly limit: number
  readonly after: RowCursor | undefined
}

type PageRow = RawRow & { readonly reward: number | null }

/** A stored block with its sequences; undefined when all of its rows were forgotten. */
function blockOf(raw: Row): NumberBlock | undefined {
  const names = JSON.parse(raw.names) as string[]
  const values = valuesOf(raw.numbers)
  const rows = values.length / (names.length + FIXED_COLUMNS)
  for (let row = 0; row < rows; row++) values[row]! += raw.sequence
  const block = { rows, names, groups: JSON.parse(raw.groups) as string[], values }
  if (raw.forgotten === null) return block
  const forgotten = JSON.parse(raw.forgotten) as [number, number][]
  return keepRows(
    block,
    (sequence) => !forgotten.some(([first, last]) => sequence >= first && sequence <= last),
  )
}

export class PostgresReader {
  readonly #connection: Connection
  /** a collation that knows the case of every alphabet, where the server has one */
  readonly #collation: string

  private constructor(connection: Connection, collation: string) {
    this.#connection = connection
    this.#collation = collation
  }

  static async open(connection: Connection): Promise<PostgresReader> {
    const found = await connection.sql`SELECT 1 FROM pg_collation WHERE collname = 'und-x-icu'`
    return new PostgresReader(connection, found.length > 0 ? ' COLLATE "und-x-icu"' : '')
  }

  get #sql(): Sql {
    return this.#connection.sql
  }

  async #all<Found>(text: string, bound: Bound): Promise<Found[]> {
    return [...(await this.#sql.unsafe(text, bound, { prepare: true }))] as unknown as Found[]
  }

  async #runNumber(run: string): Promise<number | undefined> {
    const found = await this.#sql`SELECT number FROM guerdon_runs WHERE id = ${run}`
    return found[0]?.number
  }

  runs(): Promise<RawRun[]> {
    return this.#all(`${RUN} ORDER BY coalesce(last_at, started_at) DESC, number DESC`, [])
  }

  async run(id: string): Promise<RawRun | undefined> {
    return (await this.#all<RawRun>(`${RUN} WHERE id = $1`, [id]))[0]
  }

  async state(run: string): Promise<string | null> {
    const found = await this.#sql`SELECT state FROM guerdon_runs WHERE id = ${run}`
    return found[0]?.state ?? null
  }

  async find(run: string, key: string, sinceMs: number): Promise<RawAnswer | undefined> {
    const [head] = await this.#sql`
      SELECT b.id, b.content_digest, b.spec_digest, b.run, b.first_sequence, b.row_count
      FROM guerdon_runs r JOIN guerdon_batches b ON b.run = r.number
      WHERE r.id = ${run} AND b.key = ${key} AND b.received_at >= ${sinceMs}`
    if (head === undefined) return undefined
    const rows = await this.#sql`
      SELECT r.id, r.grp, c.scores FROM guerdon_rows r
      JOIN guerdon_contents c ON c.run = r.run AND c.sequence = r.sequence
      WHERE r.run = ${head.run} AND r.sequence >= ${head.first_sequence}
        AND r.sequence < ${head.first_sequence + head.row_count}
      ORDER BY r.sequence`
    return {
      id: head.id,
      content_digest: head.content_digest,
      spec_digest: head.spec_digest,
      rows: rows as unknown as RawAnswer['rows'],
    }
  }

  async row(run: string, sequence: number): Promise<RawRow | undefined> {
    const number = await this.#runNumber(run)
    if (number === undefined) return undefined
    const thin = 'SELECT * FROM guerdon_rows WHERE run = $1 AND sequence = $2'
    return (await this.#all<RawRow>(wholeRows(thin), [number, sequence]))[0]
  }

  /** Rows from `from` on, in the order of storing. */
  async piece(run: string, from: number, limit: number): Promise<RawRow[]> {
    const number = await this.#runNumber(run)
    if (number === undefined) return []
    const thin = 'SELECT * FROM guerdon_rows WHERE run = $1 AND sequence >= $2 ORDER BY sequence LIMIT $3'
    return this.#all(`${wholeRows(thin)} ORDER BY r.sequence`, [number, from, limit])
  }

  async page(request: PageRequest): Promise<{ rows: PageRow[]; next: RowCursor | null }> {
    const run = await this.#runNumber(request.run)
    if (run === undefined) return { rows: [], next: null }
    const { order, filter, limit, after } = request
    const rows: PageRow[] = []
    for (const part of pageParts(order, filter, after)) {
      let { after: from } = part
      for (;;) {
        const wanted = limit - rows.length
        const found = await this.#select(run, request, { ...part, after: from }, wanted + 1)
        rows.push(...found.rows.slice(0, wanted))
        if (found.rows.length > wanted) {
          const { sequence, reward } = rows.at(-1)!
          return { rows, next: { sequence, reward } }
        }
        if (found.searchOn === undefined) break
        from = found.searchOn
      }
    }
    return { rows, next: null }
  }

  /** Rows of a part; a search looks at a bounded number of rows and says where to search on. */
  async #select(
    run: number,
    { filter, order }: PageRequest,
    part: PagePart,
    limit: number,
  ): Promise<{ rows: PageRow[]; searchOn: RowCursor | undefined }> {
    const conditions = this.#conditions(run, filter)
    const sorted = byReward(order)
    if (sorted) conditions.add(part.invalid ? 'r.reward IS NULL' : 'r.reward IS NOT NULL')
    const beyond = rises(order) ? '>' : '<'
    if (part.after !== undefined) {
      const { reward, sequence } = part.after
      if (sorted && !part.invalid) {
        conditions.add(`(r.reward, r.sequence) ${beyond} (?::float8, ?::bigint)`, reward, sequence)
      } else conditions.add(`r.sequence ${beyond} ?`, sequence)
    }
    const direction = rises(order) ? 'ASC' : 'DESC'
    const by =
      sorted && !part.invalid ? `r.reward ${direction}, r.sequence ${direction}` : `r.sequence ${direction}`
    // Rows are picked in the thin table first, along its indexes, whatever the planner knows of the texts.
    const thin = `SELECT r.* FROM guerdon_rows r WHERE ${conditions.sql} ORDER BY ${by}`
    const { bound } = conditions
    const at = bound.length
    const { text } = filter
    if (text === undefined) {
      const sql = `${wholeRows(`${thin} LIMIT $${at + 1}`)} ORDER BY ${by}`
      return { rows: await this.#all(sql, [...bound, limit]), searchOn: undefined }
    }
    const rows = await this.#all<PageRow>(
      `${wholeRows(`${thin} LIMIT $${at + 1}`)} WHERE ${this.#textCondition(text, at + 2)} ORDER BY ${by} LIMIT $${at + 3}`,
      [...bound, SEARCH_ROWS, likePattern(text), limit],
    )
    const [last] = await this.#all<RowCursor>(
      `SELECT sequence, reward FROM (${thin} OFFSET $${at + 1} LIMIT 1) r`,
      [...bound, SEARCH_ROWS - 1],
    )
    return { rows, searchOn: last }
  }

  #textCondition(text: string, position: number): string {
    const collation = textPattern(text) === undefined ? this.#collation : ''
    return `(c.completion ILIKE $${position}::text${collation} OR t.text ILIKE $${position}::text${collation})`
  }

  #conditions(run: number, { id, group, fromStep, toStep, valid }: RowFilter): Conditions {
    const conditions = new Conditions()
    conditions.add('r.run = ?', run)
    // Ids may be longer than an index entry; their digests are indexed and the ids compared after.
    if (id !== undefined) conditions.add('md5(r.id) = md5(?1) AND r.id = ?1', id)
    if (group !== undefined) conditions.add('md5(r.grp) = md5(?1) AND r.grp = ?1', group)
    if (fromStep !== undefined) conditions.add('r.step >= ?::float8', fromStep)
    if (toStep !== undefined) conditions.add('r.step <= ?::float8', toStep)
    if (valid !== undefined) conditions.add(valid ? 'r.reward IS NOT NULL' : 'r.reward IS NULL')
    return conditions
  }

  async numbers(run: string, filter: RowFilter, most: number): Promise<NumberFrame> {
    const number = await this.#runNumber(run)
    if (number === undefined) return new FrameBuilder(most, filter).finish()
    const builder = new FrameBuilder(most, filter, await this.#only(number, filter))
    let last = -1
    for (;;) {
      // Forgotten rows are read with the block that may still hold them, in one snapshot.
      const blocks = await this.#sql`
        SELECT sequence, names, groups, numbers, (
          SELECT json_agg(json_build_array(f.first, f.last))::text FROM guerdon_forgotten f
          WHERE f.run = k.run AND f.first <= k.last_sequence AND f.last >= k.sequence
        ) AS forgotten
        FROM guerdon_blocks k WHERE run = ${number} AND sequence > ${last} ORDER BY sequence LIMIT ${BLOCKS}`
      for (const raw of blocks) {
        const block = blockOf(raw)
        if (block !== undefined) builder.add(block)
      }
      if (blocks.length < BLOCKS) break
      last = blocks.at(-1)!.sequence
    }
    return builder.finish()
  }

  /** Sequences that an id or a text leaves, which number blocks do not know. */
  async #only(run: number, { id, text }: RowFilter): Promise<Set<number> | undefined> {
    if (id === undefined && text === undefined) return undefined
    const { sql, bound } = this.#conditions(run, { id })
    const search = text === undefined ? '' : `AND ${this.#textCondition(text, bound.length + 1)}`
    const found = await this.#all<{ sequence: number }>(
      `SELECT r.sequence FROM guerdon_rows r JOIN guerdon_contents c ON c.run = r.run AND c.sequence = r.sequence
        JOIN guerdon_prompts t ON t.number = r.prompt WHERE ${sql} ${search}`,
      text === undefined ? bound : [...bound, likePattern(text)],
    )
    return new Set(found.map(({ sequence }) => sequence))
  }

  async work(run: string, most: number): Promise<string[]> {
    const found = await this.#sql`
      SELECT b.work FROM guerdon_batches b JOIN guerdon_runs r ON r.number = b.run
      WHERE r.id = ${run} ORDER BY b.number DESC LIMIT ${most}`
    return found.map(({ work }) => work)
  }

  async alerts(run: string): Promise<{ id: number; at: number; alert: string }[]> {
    const found = await this.#sql`
      SELECT a.number AS id, a.at, a.alert FROM guerdon_alerts a JOIN guerdon_runs r ON r.number = a.run
      WHERE r.id = ${run} ORDER BY a.number`
    return [...found] as unknown as { id: number; at: number; alert: string }[]
  }
}
