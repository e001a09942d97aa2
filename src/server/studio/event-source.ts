/** Turns what the server does into the live events of the pages. */
import { messageOf } from '../../records/error.ts'
import type { RunRecord, StoredAlert } from '../../store/store.ts'
import type { ScoredEvent, ScoringListener } from '../scoring/scoring-listener.ts'
import type { BatchEvent, SpecEvent } from './schemas.ts'
import type { AlertViews } from './views/alert-view.ts'

/** Where events go: every listening page gets them, by name. */
export interface LiveEvents {
  publish(event: string, data: unknown): void
}

/** milliseconds between two `batch` events of a run: four a second */
const PAUSE = 250

interface Gathered {
  batches: number
  rows: number
  validRows: number
  rewardSum: number
}

interface RunCount {
  totalRows: number
  lastStep: number | null
  gathered: Gathered
  timer: NodeJS.Timeout | undefined
}

const nothing = (): Gathered => ({ batches: 0, rows: 0, validRows: 0, rewardSum: 0 })

/**
 * Sums what is scored into `batch` events, at most four a second for a run: the first batch is told at once, what comes
 * within the pause after it together. Rows that other processes write into the same run are not counted.
 */
export class StudioEvents implements ScoringListener {
  readonly #live: LiveEvents
  readonly #alerts: AlertViews
  readonly #onFailure: (sentence: string) => void
  readonly #runs = new Map<string, RunCount>()

  /**
   * @param runs what is already in the runs that will be written
   * @param onFailure told when an alert could not be shown because its rows could not be looked up
   */
  constructor(
    live: LiveEvents,
    alerts: AlertViews,
    runs: readonly Pick<RunRecord, 'id' | 'rows' | 'lastStep'>[] = [],
    onFailure: (sentence: string) => void = () => {},
  ) {
    this.#live = live
    this.#alerts = alerts
    this.#onFailure = onFailure
    for (const { id, rows, lastStep } of runs)
      this.#runs.set(id, { totalRows: rows, lastStep, gathered: nothing(), timer: undefined })
  }

  onScored({ batches }: Pick<ScoredEvent, 'batches'>): void {
    for (const { run, step, rows } of batches) {
      let count = this.#runs.get(run)
      if (count === undefined) {
        count = { totalRows: 0, lastStep: null, gathered: nothing(), timer: undefined }
        this.#runs.set(run, count)
      }
      const { gathered } = count
      count.totalRows += rows.length
      count.lastStep = step ?? count.lastStep
      gathered.batches++
      gathered.rows += rows.length
      for (const { reward } of rows) {
        if (reward === null) continue
        gathered.validRows++
        gathered.rewardSum += reward
      }
    }
    for (const run of new Set(batches.map((batch) => batch.run))) this.#tell(run, this.#runs.get(run)!)
  }

  /** A run holds fewer rows than were scored: some were forgotten. */
  recount({ id, rows }: Pick<RunRecord, 'id' | 'rows'>): void {
    const count = this.#runs.get(id)
    if (count !== undefined) count.totalRows = rows
  }

  /** A new alert, with the places of its rows. */
  async alert(alert: StoredAlert): Promise<void> {
    try {
      this.#live.publish('alert', await this.#alerts.of(alert))
    } catch (thrown) {
      this.#onFailure(messageOf(thrown))
    }
  }

  /** A spec was loaded, or refused with the reason. */
  spec(event: SpecEvent): void {
    this.#live.publish('spec', event)
  }

  /** Tells what was not told yet, then that the server stops. */
  stopping(): void {
    for (const [run, count] of this.#runs) this.#flush(run, count)
    this.close()
    this.#live.publish('stopping', {})
  }

  /** Ends the pauses; nothing is told afterwards unless something new is scored. */
  close(): void {
    for (const count of this.#runs.values()) {
      clearTimeout(count.timer)
      count.timer = undefined
    }
  }

  #tell(run: string, count: RunCount): void {
    if (count.timer !== undefined) return
    this.#flush(run, count)
    count.timer = setTimeout(() => {
      count.timer = undefined
      if (count.gathered.batches > 0) this.#tell(run, count)
    }, PAUSE)
    // A pause does not keep a process alive.
    count.timer.unref()
  }

  #flush(run: string, count: RunCount): void {
    const { batches, rows, validRows, rewardSum } = count.gathered
    if (batches === 0) return
    count.gathered = nothing()
    const mean = rewardSum / validRows
    const event: BatchEvent = {
      run,
      batches,
      rows,
      totalRows: count.totalRows,
      lastStep: count.lastStep,
      meanReward: Number.isFinite(mean) ? mean : null,
      invalid: rows - validRows,
    }
    this.#live.publish('batch', event)
  }
}
