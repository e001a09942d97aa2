/** What the reading connection answers. Every function is one bounded piece of work. */
import type { DatabaseSync } from 'node:sqlite'
import type { RawRow, RawRun } from '../decode-row.ts'
import { FrameBuilder } from '../frame-builder.ts'
import { FIXED_COLUMNS, valuesOf } from '../number-block.ts'
import { type PagePart, pageParts } from '../page-parts.ts'
import { byReward, type RowCursor, rises } from '../row-cursor.ts'
import type { NumberFrame, RowFilter, RowOrder } from '../store.ts'
import { matchesText, textPattern } from '../text-search.ts'
import { RUN_SPAN } from './migrations.ts'

const RUN = `SELECT id, reward, spec, spec_digest, held_back, started_at, last_at, batches, row_count, last_step FROM runs`

/** A whole row of `thin`, a selection of places. */
const wholeRows = (thin: string, condition: string): string => `
  SELECT r.place % ${RUN_SPAN} AS sequence, r.id, r.grp, r.step, r.reward, t.text AS prompt,
    t.messages AS prompt_messages, c.completion, c.completion_messages, c.rest, c.scores, b.id AS batch, b.protocol,
    b.spec_digest, b.received_at, b.repeats
  FROM (${thin}) s CROSS JOIN rows r ON r.place = s.place CROSS JOIN contents c ON c.place = s.place
    CROSS JOIN prompt_texts t ON t.prompt = r.prompt CROSS JOIN batches b ON b.number = r.batch ${condition}`

export interface PageRequest {
  readonly run: string
  readonly filter: RowFilter
  readonly order: RowOrder
  readonly limit: number
  readonly after: RowCursor | undefined
  /** most rows to look at while searching for a text; the page may then end early */
  readonly scan: number
}

export interface RawPage {
  readonly rows: readonly (RawRow & { readonly reward: number | null })[]
  /** where the next page begins; null at the end */
  readonly next: RowCursor | null
}

type Bound = (string | number | null)[]

/** Places of a part in order, at most `limit`, and what to bind. */
function selection(
  run: number,
  request: PageRequest,
  part: PagePart,
  limit: number,
): { sql: string; bound: Bound } {
  const { filter, order } = request
  const conditions = ['run = ?', 'place BETWEEN ? AND ?']
  const bound: Bound = [run, run * RUN_SPAN, (run + 1) * RUN_SPAN - 1]
  const add = (condition: string, ...values: Bound): void => {
    conditions.push(condition)
    bound.push(...values)
  }
  const sorted = byReward(order)
  if (filter.id !== undefined) add('id = ?', filter.id)
  if (filter.group !== undefined) add('grp = ?', filter.group)
  if (filter.fromStep !== undefined) add('step >= ?', filter.fromStep)
  if (filter.toStep !== undefined) add('step <= ?', filter.toStep)
  if (sorted) add(part.invalid ? 'reward IS NULL' : 'reward IS NOT NULL')
  else if (filter.valid !== undefined) add(filter.valid ? 'reward IS NOT NULL' : 'reward IS NULL')
  const beyond = rises(order) ? '>' : '<'
  if (part.after !== undefined) {
    const place = run * RUN_SPAN + part.after.sequence
    if (sorted && !part.invalid) add(`(reward, place) ${beyond} (?, ?)`, part.after.reward, place)
    else add(`place ${beyond} ?`, place)
  }
  const direction = rises(order) ? 'ASC' : 'DESC'
  const by = sorted && !part.invalid ? `reward ${direction}, place ${direction}` : `place ${direction}`
  const sql = `SELECT place FROM rows ${indexFor(filter, sorted)} WHERE ${conditions.join(' AND ')} ORDER BY ${by} LIMIT ?`
  return { sql, bound: [...bound, limit] }
}

/** Named, so that the plan never depends on statistics that nobody gathered. */
function indexFor(filter: RowFilter, sorted: boolean): string {
  if (filter.id !== undefined) return 'INDEXED BY rows_by_id'
  if (filter.group !== undefined) return 'INDEXED BY rows_by_group'
  return sorted || filter.valid === false ? 'INDEXED BY rows_by_reward' : 'NOT INDEXED'
}

export class SqliteReader {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
    // SQLite's LIKE folds the case of ASCII alone.
    database.function('matches_text', { deterministic: true }, (text, wanted) =>
      matchesText(String(text), String(wanted)) ? 1 : 0,
    )
  }

  #all<Row>(sql: string, ...bound: Bound): Row[] {
    return this.#database.prepare(sql).all(...bound) as Row[]
  }

  #runNumber(run: string): number | undefined {
    return this.#all<{ number: number }>('SELECT number FROM runs WHERE id = ?', run)[0]?.number
  }

  runs(): RawRun[] {
    return this.#all(`${RUN} ORDER BY coalesce(last_at, started_at) DESC, number DESC`)
  }

  run(id: string): RawRun | undefined {
    return this.#all<RawRun>(`${RUN} WHERE id = ?`, id)[0]
  }

  state(run: string): string | null {
    return this.#all<{ state: string | null }>('SELECT state FROM runs WHERE id = ?', run)[0]?.state ?? null
  }

  row(run: string, sequence: number): RawRow | undefined {
    const number = this.#runNumber(run)
    if (number === undefined) return undefined
    return this.#all<RawRow>(wholeRows('SELECT ? AS place', ''), number * RUN_SPAN + sequence)[0]
  }

  /** Rows from `from` on, in the order of storing. */
  piece(run: string, from: number, limit: number): RawRow[] {
    const number = this.#runNumber(run)
    if (number === undefined) return []
    const thin = 'SELECT place FROM rows WHERE place BETWEEN ? AND ? ORDER BY place LIMIT ?'
    const first = number * RUN_SPAN
    return this.#all(`${wholeRows(thin, '')} ORDER BY s.place`, first + from, first + RUN_SPAN - 1, limit)
  }

  page(request: PageRequest): RawPage {
    const run = this.#runNumber(request.run)
    if (run === undefined) return { rows: [], next: null }
    const rows: RawPage['rows'][number][] = []
    for (const part of pageParts(request.order, request.filter, request.after)) {
      const wanted = request.limit - rows.length
      if (request.filter.text !== undefined) {
        if (wanted === 0) return { rows, next: this.#endOf(rows, request, part) }
        const found = this.#search(run, request, part, wanted)
        rows.push(...found.rows)
        if (found.next !== null) return { rows, next: found.next }
      } else {
        // One row more than asked for tells whether there is a next page.
        const found = this.#select(run, request, part, wanted + 1)
        rows.push(...found.slice(0, wanted))
        if (found.length > wanted) return { rows, next: this.#endOf(rows, request, part) }
      }
    }
    return { rows, next: null }
  }

  #endOf(rows: RawPage['rows'], request: PageRequest, part: PagePart): RowCursor | null {
    const last = rows.at(-1)
    if (last !== undefined) return { sequence: last.sequence, reward: last.reward }
    // A page of no rows ends where it began.
    return part.after ?? request.after ?? null
  }

  #select(run: number, request: PageRequest, part: PagePart, limit: number): RawPage['rows'] {
    const { sql, bound } = selection(run, request, part, limit)
    return this.#all(wholeRows(sql, ''), ...bound)
  }

  /** Looks at `scan` rows at most, so that other questions get their turn before a long search goes on. */
  #search(run: number, request: PageRequest, part: PagePart, wanted: number): RawPage {
    const { sql, bound } = selection(run, request, part, request.scan)
    const text = request.filter.text!
    const pattern = textPattern(text)
    const condition =
      pattern === undefined
        ? 'WHERE matches_text(c.completion, ?) OR matches_text(t.text, ?)'
        : `WHERE c.completion LIKE ? ESCAPE '\\' OR t.text LIKE ? ESCAPE '\\'`
    const given = pattern ?? text
    const found = this.#all<RawPage['rows'][number]>(
      `${wholeRows(sql, condition)} LIMIT ?`,
      ...bound,
      given,
      given,
      wanted + 1,
    )
    if (found.length > wanted) {
      const rows = found.slice(0, wanted)
      return { rows, next: this.#endOf(rows, request, part) }
    }
    const last = this.#all<{ sequence: number; reward: number | null }>(
      `SELECT r.place % ${RUN_SPAN} AS sequence, r.reward FROM (${sql} OFFSET ${request.scan - 1}) s JOIN rows r ON r.place = s.place`,
      ...bound.slice(0, -1),
      1,
    )[0]
    return { rows: found, next: last ?? null }
  }

  numbers(run: string, filter: RowFilter, most: number): NumberFrame {
    const number = this.#runNumber(run)
    const builder = new FrameBuilder(
      most,
      filter,
      number === undefined ? undefined : this.#only(number, filter),
    )
    if (number === undefined) return builder.finish()
    const layouts = new Map<number, { names: string[] }>()
    const statement = this.#database.prepare(
      'SELECT b.layout, l.names, b.groups, b.numbers FROM blocks b JOIN layouts l ON l.number = b.layout WHERE b.place BETWEEN ? AND ? ORDER BY b.place',
    )
    for (const raw of statement.iterate(number * RUN_SPAN, (number + 1) * RUN_SPAN - 1)) {
      const layout = raw.layout as number
      let known = layouts.get(layout)
      if (known === undefined) {
        known = { names: JSON.parse(raw.names as string) }
        layouts.set(layout, known)
      }
      const values = valuesOf(raw.numbers as Uint8Array)
      const { names } = known
      const rows = values.length / (names.length + FIXED_COLUMNS)
      builder.add({ rows, names, groups: JSON.parse(raw.groups as string), values })
    }
    return builder.finish()
  }

  /** Sequences that an id or a text leaves, which number blocks do not know. */
  #only(run: number, filter: RowFilter): Set<number> | undefined {
    if (filter.id === undefined && filter.text === undefined) return undefined
    const conditions = ['r.place BETWEEN ? AND ?']
    const bound: Bound = [run * RUN_SPAN, (run + 1) * RUN_SPAN - 1]
    if (filter.id !== undefined) {
      conditions.push('r.run = ? AND r.id = ?')
      bound.push(run, filter.id)
    }
    if (filter.text !== undefined) {
      const pattern = textPattern(filter.text)
      conditions.push(
        pattern === undefined
          ? '(matches_text(c.completion, ?) OR matches_text(t.text, ?))'
          : `(c.completion LIKE ? ESCAPE '\\' OR t.text LIKE ? ESCAPE '\\')`,
      )
      bound.push(pattern ?? filter.text, pattern ?? filter.text)
    }
    const sql = `SELECT r.place % ${RUN_SPAN} AS sequence FROM rows r JOIN contents c ON c.place = r.place
      JOIN prompt_texts t ON t.prompt = r.prompt WHERE ${conditions.join(' AND ')}`
    return new Set(this.#all<{ sequence: number }>(sql, ...bound).map(({ sequence }) => sequence))
  }

  work(run: string, most: number): string[] {
    const sql =
      'SELECT b.work FROM batches b JOIN runs r ON r.number = b.run WHERE r.id = ? ORDER BY b.number DESC LIMIT ?'
    return this.#all<{ work: string }>(sql, run, most).map(({ work }) => work)
  }

  alerts(run: string): { id: number; at: number; alert: string }[] {
    const sql =
      'SELECT a.number AS id, a.at, a.alert FROM alerts a JOIN runs r ON r.number = a.run WHERE r.id = ? ORDER BY a.number'
    return this.#all(sql, run)
  }
}
