/** What the reading connection answers. Every function is one bounded piece of work. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { RawRun } from '../decode-row.ts'
import { FrameBuilder } from '../frame-builder.ts'
import { FIXED_COLUMNS, valuesOf } from '../number-block.ts'
import { type PagePart, pageParts } from '../page-parts.ts'
import type { RowCursor } from '../row-cursor.ts'
import type { NumberFrame, RowFilter, RowOrder, SignalWork } from '../store.ts'
import type { BatchHead, RowLines } from './batch-lines.ts'
import { RUN_SPAN } from './migrations.ts'
import { type PickedRow, RowPicker } from './pick-rows.ts'
import { BatchReader } from './read-batches.ts'

const RUN = `SELECT id, reward, spec, spec_digest, held_back, started_at, last_at, batches, row_count, last_step FROM runs`

const STATEMENTS = {
  runNumber: 'SELECT number FROM runs WHERE id = ?',
  runs: `${RUN} ORDER BY coalesce(last_at, started_at) DESC, number DESC`,
  run: `${RUN} WHERE id = ?`,
  state: 'SELECT state FROM runs WHERE id = ?',
  blocks:
    'SELECT b.layout, l.names, b.groups, b.numbers FROM blocks b JOIN layouts l ON l.number = b.layout WHERE b.place BETWEEN ? AND ? ORDER BY b.place',
  work: 'SELECT head FROM batches INDEXED BY batches_by_time WHERE run = ? ORDER BY received_at DESC, number DESC LIMIT ?',
  alerts:
    'SELECT a.number AS id, a.at, a.alert FROM alerts a JOIN runs r ON r.number = a.run WHERE r.id = ? ORDER BY a.number',
} as const

/** Rows whose texts are looked at first in a search; the next lots are larger, up to `scan`. */
const FIRST_LOT = 250

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
  readonly rows: readonly RowLines[]
  /** where the next page begins; null at the end */
  readonly next: RowCursor | null
}

interface PickedPage {
  readonly rows: readonly PickedRow[]
  readonly next: RowCursor | null
}

export class SqliteReader {
  readonly #picker: RowPicker
  readonly #batches: BatchReader
  readonly #statements: Readonly<Record<keyof typeof STATEMENTS, StatementSync>>

  constructor(database: DatabaseSync) {
    this.#picker = new RowPicker(database)
    this.#batches = new BatchReader(database)
    this.#statements = Object.fromEntries(
      Object.entries(STATEMENTS).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof STATEMENTS, StatementSync>
  }

  #runNumber(run: string): number | undefined {
    return this.#statements.runNumber.get(run)?.number as number | undefined
  }

  runs(): RawRun[] {
    return this.#statements.runs.all() as unknown as RawRun[]
  }

  run(id: string): RawRun | undefined {
    return this.#statements.run.get(id) as unknown as RawRun | undefined
  }

  state(run: string): string | null {
    return (this.#statements.state.get(run)?.state as string | null | undefined) ?? null
  }

  row(run: string, sequence: number): RowLines | undefined {
    const number = this.#runNumber(run)
    const picked = number === undefined ? undefined : this.#picker.at(number, sequence)
    return picked === undefined ? undefined : this.#batches.rows([picked])[0]
  }

  /** Rows from `from` on, in the order of storing. */
  piece(run: string, from: number, limit: number): RowLines[] {
    const number = this.#runNumber(run)
    if (number === undefined) return []
    const part = { invalid: false, after: { sequence: from - 1, reward: null } }
    return this.#batches.rows(this.#picker.pick(number, {}, 'oldest', part, limit))
  }

  page(request: PageRequest): RawPage {
    const run = this.#runNumber(request.run)
    if (run === undefined) return { rows: [], next: null }
    const { rows, next } = this.#pickPage(run, request)
    return { rows: this.#batches.rows(rows), next }
  }

  #pickPage(run: number, request: PageRequest): PickedPage {
    const { filter, order, limit, after } = request
    const rows: PickedRow[] = []
    for (const part of pageParts(order, filter, after)) {
      const wanted = limit - rows.length
      // One row more than asked for tells whether there is a next page.
      const found =
        filter.text === undefined && filter.id === undefined
          ? { rows: this.#picker.pick(run, filter, order, part, wanted + 1), next: null }
          : this.#search(run, request, part, wanted + 1)
      rows.push(...found.rows.slice(0, wanted))
      if (found.rows.length > wanted) {
        // A page of no rows ends where it began.
        return { rows, next: cursorOf(rows.at(-1)) ?? part.after ?? after ?? null }
      }
      if (found.next !== null) return { rows, next: found.next }
    }
    return { rows, next: null }
  }

  /** Looks at `scan` rows at most, so that other questions get their turn before a long search goes on. */
  #search(run: number, request: PageRequest, part: PagePart, wanted: number): PickedPage {
    const { filter, order, scan } = request
    const picked = this.#picker.pick(run, filter, order, part, scan)
    const rows: PickedRow[] = []
    let lot = FIRST_LOT
    for (let start = 0; start < picked.length; lot *= 4) {
      rows.push(...this.#batches.matching(picked.slice(start, start + lot), conditionOf(filter)))
      if (rows.length >= wanted) return { rows: rows.slice(0, wanted), next: null }
      start += lot
    }
    return { rows, next: picked.length < scan ? null : (cursorOf(picked.at(-1)) ?? null) }
  }

  numbers(run: string, filter: RowFilter, most: number): NumberFrame {
    const number = this.#runNumber(run)
    const only = number === undefined ? undefined : this.#only(number, filter)
    const builder = new FrameBuilder(most, filter, only)
    if (number === undefined) return builder.finish()
    const layouts = new Map<number, string[]>()
    const range = [number * RUN_SPAN, (number + 1) * RUN_SPAN - 1] as const
    for (const raw of this.#statements.blocks.iterate(...range)) {
      const layout = raw.layout as number
      const names = layouts.get(layout) ?? (JSON.parse(raw.names as string) as string[])
      layouts.set(layout, names)
      const values = valuesOf(raw.numbers as Uint8Array)
      const rows = values.length / (names.length + FIXED_COLUMNS)
      builder.add({ rows, names, groups: JSON.parse(raw.groups as string), values })
    }
    return builder.finish()
  }

  /** Sequences that an id or a text leaves, which number blocks do not know. */
  #only(run: number, filter: RowFilter): Set<number> | undefined {
    if (filter.id === undefined && filter.text === undefined) return undefined
    const whole = { invalid: false, after: undefined }
    const picked = this.#picker.pick(run, filter, 'oldest', whole, Number.POSITIVE_INFINITY)
    const found = this.#batches.matching(picked, conditionOf(filter))
    return new Set(found.map(({ sequence }) => sequence))
  }

  work(run: string, most: number): (readonly SignalWork[])[] {
    const number = this.#runNumber(run)
    if (number === undefined) return []
    return this.#statements.work
      .all(number, most)
      .map(({ head }) => (JSON.parse(head as string) as BatchHead).work)
  }

  alerts(run: string): { id: number; at: number; alert: string }[] {
    return this.#statements.alerts.all(run) as unknown as { id: number; at: number; alert: string }[]
  }
}

function cursorOf(row: PickedRow | undefined): RowCursor | undefined {
  return row === undefined ? undefined : { sequence: row.sequence, reward: row.reward }
}

function conditionOf({ id, text }: RowFilter): { id: string | undefined; text: string | undefined } {
  return { id, text }
}
