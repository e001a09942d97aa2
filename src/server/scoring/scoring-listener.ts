/** What the scoring service tells whoever wants to know: metrics, traces, live pages, the watch. */
import type { SignalTiming } from '../../reward/run-signals.ts'
import type { BatchRecord } from '../../store/store.ts'

export interface ScoredEvent {
  /** the requests that were scored together, one batch each */
  readonly batches: readonly BatchRecord[]
  /** the signals' work on what they had in common; rows that the verdict cache knew are not in it */
  readonly timings: readonly SignalTiming[]
  /** rows whose verdicts were known */
  readonly cachedRows: number
  readonly computedRows: number
}

export interface ScoringListener {
  /** batches that are scored and, where there is a store, durable */
  onScored?(event: ScoredEvent): void
  /** a request that was answered with an earlier one's scores */
  onRepeated?(batch: string, protocol: string, rows: number): void
}
