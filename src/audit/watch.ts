/** The audit of a run that is going on: bounded memory, each concern told once until it has cleared. */
import type { Alert } from './alert.ts'
import { auditOf } from './audit.ts'
import { type AuditRow, auditTable } from './audit-table.ts'
import { LEAST_STEPS } from './change.ts'
import type { Finding } from './diagnostic.ts'
import { sliceWidth } from './steps-in-order.ts'

export interface WatchOptions {
  /** column of a batch that the reward does not see */
  readonly heldBack?: string | undefined
  /** rollouts of the last window; as many of the start and as many of the middle are kept to compare with */
  readonly window?: number | undefined
  readonly seed?: number | undefined
}

/** A concern must be there in this many evaluations running before it is told. */
const CONFIRM = 2
/** … and away in this many before it may be told again. */
const CLEAR = 3
/** … or, where more than this share of all rows is new, once more in the run as it stood that share earlier. */
const LEAP = 0.1
/** A prompt that comes again after this many rows without a step is a new group. */
const ROWS_A_GROUP = 256
/** Texts are kept up to here: the detectors read surfaces, not books. */
const MOST_CHARACTERS = 8000

interface Concern {
  seen: number
  gone: number
  told: 'watch' | 'fail' | null
}

/** A row as the watch keeps it; groups stay whole. */
interface KeptGroup {
  readonly key: string
  /** rows observed before it */
  readonly at: number
  readonly rows: AuditRow[]
}

/**
 * Watches the scored rollouts of a run. It keeps the first `window` rollouts, the last `window`, and of everything
 * between them evenly thinned groups, at most `window` rollouts as well, and runs the same diagnostics over these. It
 * looks at rewards and never changes them.
 *
 * @example
 * const watch = new Watch({ heldBack: 'quality' })
 * watch.observe({ rows })
 * for (const alert of watch.evaluate()) console.warn(alert.sentence)
 */
export class Watch {
  readonly #heldBack: string | undefined
  readonly #window: number
  readonly #seed: number
  readonly #start: KeptGroup[] = []
  #startRows = 0
  #middle: KeptGroup[] = []
  #middleRows = 0
  /** one of this many groups that leave the last window is kept in the middle */
  #thinning = 1
  #passed = 0
  #last: KeptGroup[] = []
  #lastRows = 0
  #observed = 0
  #evaluatedAt = 0
  readonly #concerns = new Map<string, Concern>()

  constructor(options: WatchOptions = {}) {
    this.#heldBack = options.heldBack
    this.#window = options.window ?? 2000
    this.#seed = options.seed ?? 1
  }

  /** Rollouts seen so far, and those kept in memory. */
  get size(): { readonly observed: number; readonly kept: number } {
    return { observed: this.#observed, kept: this.#startRows + this.#middleRows + this.#lastRows }
  }

  /** Takes in a batch of scored rollouts. */
  observe({ rows }: { readonly rows: readonly AuditRow[] }): void {
    for (const row of rows) {
      const { completion } = row
      const kept: AuditRow =
        completion === undefined ? row : { ...row, completion: completion.slice(0, MOST_CHARACTERS) }
      this.#keep(`${row.step ?? Math.floor(this.#observed / ROWS_A_GROUP)} ${row.group}`, kept)
      this.#observed++
    }
    this.#trim()
  }

  #keep(key: string, row: AuditRow): void {
    // Rows of a group come together; a late one finds its group among the newest.
    for (const groups of [this.#last, this.#start]) {
      for (let at = groups.length - 1; at >= Math.max(0, groups.length - 64); at--) {
        if (groups[at]!.key !== key) continue
        groups[at]!.rows.push(row)
        if (groups === this.#start) this.#startRows++
        else this.#lastRows++
        return
      }
    }
    if (this.#startRows < this.#window) {
      this.#start.push({ key, at: this.#observed, rows: [row] })
      this.#startRows++
    } else {
      this.#last.push({ key, at: this.#observed, rows: [row] })
      this.#lastRows++
    }
  }

  #trim(): void {
    let leaving = 0
    while (
      this.#last.length - leaving > 1 &&
      this.#lastRows - this.#last[leaving]!.rows.length >= this.#window
    ) {
      const group = this.#last[leaving]!
      this.#lastRows -= group.rows.length
      if (this.#passed % this.#thinning === 0) {
        this.#middle.push(group)
        this.#middleRows += group.rows.length
      }
      this.#passed++
      leaving++
    }
    if (leaving > 0) this.#last = this.#last.slice(leaving)
    while (this.#middleRows > this.#window && this.#middle.length > 1) {
      this.#middle = this.#middle.filter((_, index) => index % 2 === 0)
      this.#middleRows = this.#middle.reduce((sum, { rows }) => sum + rows.length, 0)
      this.#thinning *= 2
    }
  }

  /**
   * Runs the diagnostics over what is kept and returns the concerns to tell now: those there in two evaluations
   * running, and those that went from `watch` to `fail`. After a leap (more than a tenth of all rows is new) the run as
   * it stood a tenth earlier counts as an evaluation too, so that a run that came all at once is not passed over. A
   * concern is told again only after it has been away for three evaluations. Without new rows since the last evaluation,
   * or before the fifth step, nothing is done.
   */
  evaluate(): Alert[] {
    const fresh = this.#observed - this.#evaluatedAt
    if (fresh === 0) return []
    this.#evaluatedAt = this.#observed
    const now = this.#concernsAmong(this.#observed)
    const unconfirmed = [...now.keys()].some((key) => !this.#concerns.has(key))
    const earlier =
      unconfirmed && fresh > LEAP * this.#observed
        ? this.#concernsAmong(Math.floor((1 - LEAP) * this.#observed))
        : new Map<string, Finding>()
    const alerts: Alert[] = []
    for (const [key, finding] of now) {
      const verdict = finding.verdict === 'fail' ? 'fail' : 'watch'
      const concern = this.#concerns.get(key) ?? { seen: earlier.has(key) ? 1 : 0, gone: 0, told: null }
      this.#concerns.set(key, concern)
      concern.seen++
      concern.gone = 0
      const news = concern.told === null || (concern.told === 'watch' && verdict === 'fail')
      if (concern.seen < CONFIRM || !news) continue
      concern.told = verdict
      alerts.push(alertOf(finding, verdict))
    }
    for (const [key, concern] of this.#concerns) {
      if (now.has(key)) continue
      concern.gone++
      if (concern.told === null || concern.gone >= CLEAR) this.#concerns.delete(key)
    }
    return alerts
  }

  /** What the diagnostics find in the kept rows of groups that began before so many rows, by diagnostic and column. */
  #concernsAmong(until: number): Map<string, Finding> {
    const groups = [...this.#start, ...this.#middle, ...this.#last].filter(({ at }) => at < until)
    const named = groups.every((group) => group.rows.every(({ step }) => step !== null))
    const width = sliceWidth(this.#observed)
    const rows = groups.flatMap((group) =>
      named ? group.rows : group.rows.map((row) => ({ ...row, step: Math.floor(group.at / width) })),
    )
    const found = new Map<string, Finding>()
    if (!rows.some(({ reward }) => reward !== null)) return found
    const heldBack = this.#heldBack
    const has =
      heldBack !== undefined &&
      rows.some((row) => typeof row.columns[heldBack] === 'number' && row.reward !== null)
    const table = { ...auditTable(rows, has ? { heldBack } : {}), sliced: !named }
    if (table.steps.length < LEAST_STEPS) return found
    for (const finding of auditOf(table, { seed: this.#seed }).findings)
      if (finding.verdict === 'watch' || finding.verdict === 'fail')
        found.set(`${finding.diagnostic} ${finding.column ?? ''}`, finding)
    return found
  }
}

function alertOf(finding: Finding, verdict: 'watch' | 'fail'): Alert {
  const { diagnostic, column, sentence, guard, step, rows, numbers } = finding
  return { diagnostic, verdict, column, sentence, guard, step, rows, numbers }
}
