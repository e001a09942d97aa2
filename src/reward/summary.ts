/** What a person wants to know of a scored run, gathered row by row: means, invalid rows and why, empty groups. */
import type { Column } from '../records/column.ts'
import type { FinishedRows } from './score-stream.ts'

export interface ColumnSummary {
  readonly mean: number | null
  readonly standardDeviation: number | null
  readonly least: number | null
  readonly largest: number | null
  readonly valid: number
  readonly invalid: number
}

export interface RunSummary {
  readonly rows: number
  readonly validRows: number
  readonly groups: number
  /** groups whose valid rewards are all equal: GRPO learns nothing from them */
  readonly groupsWithoutSpread: number
  readonly reward: ColumnSummary
  readonly advantage: ColumnSummary | null
  readonly columns: Readonly<Record<string, ColumnSummary>>
  /** most frequent first: column, reason, rows, an example's id */
  readonly invalidReasons: readonly {
    readonly column: string
    readonly reason: string
    readonly rows: number
    readonly example: string
  }[]
  /** rows that the advantage leaves out */
  readonly filtered: number
}

class Moments {
  valid = 0
  invalid = 0
  #mean = 0
  #squares = 0
  #least = Number.POSITIVE_INFINITY
  #largest = Number.NEGATIVE_INFINITY

  add({ values, valid }: Column): void {
    for (let entry = 0; entry < values.length; entry++) {
      if (valid[entry] === 0) {
        this.invalid++
        continue
      }
      const value = values[entry]!
      this.valid++
      const gap = value - this.#mean
      this.#mean += gap / this.valid
      this.#squares += gap * (value - this.#mean)
      if (value < this.#least) this.#least = value
      if (value > this.#largest) this.#largest = value
    }
  }

  summary(): ColumnSummary {
    const { valid, invalid } = this
    return {
      mean: valid === 0 ? null : this.#mean,
      standardDeviation: valid < 2 ? null : Math.sqrt(this.#squares / (valid - 1)),
      least: valid === 0 ? null : this.#least,
      largest: valid === 0 ? null : this.#largest,
      valid,
      invalid,
    }
  }
}

const reasonsKept = 1000

interface ReasonCount {
  readonly column: string
  readonly reason: string
  rows: number
  example: string
}

function nameExamples(fresh: ReadonlyMap<number, ReasonCount[]>, rows: FinishedRows['rows']): void {
  let left = fresh.size
  if (left === 0) return
  let row = 0
  for (const { id } of rows) {
    const counts = fresh.get(row++)
    if (counts === undefined) continue
    for (const count of counts) count.example = id
    if (--left === 0) return
  }
}

/** Gathers a `RunSummary` from finished rows; memory does not grow with their number. */
export class SummaryGatherer {
  #rows = 0
  #groups = 0
  #groupsWithoutSpread = 0
  #filtered = 0
  readonly #reward = new Moments()
  readonly #advantage = new Moments()
  #hasAdvantage = false
  readonly #columns = new Map<string, Moments>()
  readonly #reasons = new Map<string, ReasonCount>()

  add({ rows, scored }: FinishedRows): void {
    // Reasons seen for the first time, by the row that shows them: their ids are looked up together at the end.
    const fresh = new Map<number, ReasonCount[]>()
    this.#rows += scored.groups.of.length
    this.#reward.add(scored.reward)
    if (scored.advantages !== undefined) {
      this.#hasAdvantage = true
      this.#advantage.add(scored.advantages)
    }
    for (const [name, column] of scored.columns) {
      let moments = this.#columns.get(name)
      if (moments === undefined) {
        moments = new Moments()
        this.#columns.set(name, moments)
      }
      moments.add(column)
      this.#addReasons(name, column, fresh)
    }
    this.#addReasons('reward', scored.reward, fresh)
    nameExamples(fresh, rows)
    if (scored.kept !== undefined) for (const kept of scored.kept) if (kept === 0) this.#filtered++
    this.#addGroups(scored)
  }

  #addReasons(name: string, column: Column, fresh: Map<number, ReasonCount[]>): void {
    if (column.reasons === undefined || column.offsets !== undefined) return
    for (let row = 0; row < column.valid.length; row++) {
      if (column.valid[row] === 1) continue
      const reason = column.reasons[row] ?? 'invalid'
      const key = `${name}\u0000${reason}`
      const known = this.#reasons.get(key)
      if (known !== undefined) known.rows++
      else if (this.#reasons.size < reasonsKept) {
        const count = { column: name, reason, rows: 1, example: '' }
        this.#reasons.set(key, count)
        fresh.set(row, [...(fresh.get(row) ?? []), count])
      }
    }
  }

  #addGroups({ groups, reward }: FinishedRows['scored']): void {
    const least = new Float64Array(groups.count).fill(Number.POSITIVE_INFINITY)
    const largest = new Float64Array(groups.count).fill(Number.NEGATIVE_INFINITY)
    for (let row = 0; row < groups.of.length; row++) {
      if (reward.valid[row] === 0) continue
      const group = groups.of[row]!
      const value = reward.values[row]!
      if (value < least[group]!) least[group] = value
      if (value > largest[group]!) largest[group] = value
    }
    this.#groups += groups.count
    for (let group = 0; group < groups.count; group++)
      if (!(largest[group]! > least[group]!)) this.#groupsWithoutSpread++
  }

  summary(): RunSummary {
    const reward = this.#reward.summary()
    return {
      rows: this.#rows,
      validRows: reward.valid,
      groups: this.#groups,
      groupsWithoutSpread: this.#groupsWithoutSpread,
      reward,
      advantage: this.#hasAdvantage ? this.#advantage.summary() : null,
      columns: Object.fromEntries([...this.#columns].map(([name, moments]) => [name, moments.summary()])),
      invalidReasons: [...this.#reasons.values()].sort((a, b) => b.rows - a.rows),
      filtered: this.#filtered,
    }
  }
}
