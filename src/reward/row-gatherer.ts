/** Gathers journal rows into columns and groups, row by row, in typed arrays that grow: the texts are long gone. */
import type { Groups } from '../numerics/grouped.ts'
import { type Column, type Grain, invalidate } from '../records/column.ts'
import type { JournalRow } from './journal.ts'

type Value = JournalRow['values'][number]
type Reason = string | Readonly<Record<string, string>> | undefined

/** One column of a growing number of rows. */
class ColumnGatherer {
  readonly #grain: Grain
  #values: Float64Array
  #valid: Uint8Array
  #entries = 0
  readonly #ends: number[] = []
  readonly #invalid: [number, string][] = []
  readonly #noted: [number, string][] = []

  constructor(grain: Grain, rows: number) {
    this.#grain = grain
    this.#values = new Float64Array(Math.max(rows, 16))
    this.#valid = new Uint8Array(this.#values.length)
  }

  add(value: Value, reason: Reason): void {
    if (this.#grain === 'rollout') {
      this.#addEntry(value as number | null, reason as string | undefined)
      return
    }
    const reasons = reason as Readonly<Record<string, string>> | undefined
    for (const [position, entry] of (value as readonly (number | null)[]).entries())
      this.#addEntry(entry, reasons?.[position])
    this.#ends.push(this.#entries)
  }

  #addEntry(value: number | null, reason: string | undefined): void {
    const entry = this.#entries++
    if (entry === this.#values.length) this.#grow()
    if (value === null) {
      this.#invalid.push([entry, reason ?? 'invalid'])
      return
    }
    this.#values[entry] = value
    this.#valid[entry] = 1
    if (reason !== undefined) this.#noted.push([entry, reason])
  }

  #grow(): void {
    const values = new Float64Array(2 * this.#values.length)
    const valid = new Uint8Array(values.length)
    values.set(this.#values)
    valid.set(this.#valid)
    this.#values = values
    this.#valid = valid
  }

  column(): Column {
    const column: Column = {
      grain: this.#grain,
      values: this.#values.subarray(0, this.#entries),
      valid: this.#valid.subarray(0, this.#entries),
      ...(this.#grain === 'rollout' ? {} : { offsets: Int32Array.from([0, ...this.#ends]) }),
    }
    for (const [entry, reason] of this.#invalid) invalidate(column, entry, reason)
    for (const [entry, reason] of this.#noted) {
      column.reasons ??= []
      column.reasons[entry] = reason
    }
    return column
  }
}

export interface GatheredRows {
  readonly groups: Groups
  /** in the order of the journal's columns */
  readonly columns: readonly Column[]
}

/** Columns and groups of rows, in one pass; `expected` is about how many rows will come. */
export function gatherRows(
  rows: Iterable<JournalRow>,
  grains: readonly Grain[],
  expected: number,
): GatheredRows {
  const gatherers = grains.map((grain) => new ColumnGatherer(grain, expected))
  const numbers = new Map<string, number>()
  let of = new Int32Array(Math.max(expected, 16))
  let count = 0
  for (const { group, step, values, reasons } of rows) {
    // The same prompt at another training step is another group.
    const key = step === null ? group : `${step}\u0000${group}`
    let number = numbers.get(key)
    if (number === undefined) {
      number = numbers.size
      numbers.set(key, number)
    }
    if (count === of.length) {
      const longer = new Int32Array(2 * count)
      longer.set(of)
      of = longer
    }
    of[count++] = number
    for (let index = 0; index < gatherers.length; index++)
      gatherers[index]!.add(values[index]!, reasons?.[index])
  }
  return {
    groups: { count: numbers.size, of: of.subarray(0, count) },
    columns: gatherers.map((gatherer) => gatherer.column()),
  }
}
