/**
 * Benchmarks of rewards: files with completions whose order is known, and the scoring that a benchmark's authors
 * publish. A benchmark reads items and gathers their scores; where the scores come from is not its business.
 */
import type { Text } from '../records/rollout.ts'

/** A prompt with completions of known standing. */
export interface BenchmarkItem {
  readonly id: string
  readonly prompt: Text
  readonly completions: readonly Text[]
  /** one a completion, higher is better; equal numbers are ties */
  readonly gold: readonly number[]
  /** scores that the file itself gives, one a completion */
  readonly scores?: readonly number[]
  /** the part of the benchmark that the item belongs to */
  readonly subset?: string
  readonly reference?: string | readonly string[]
  readonly user?: string
  readonly metadata?: Readonly<Record<string, unknown>>
}

export interface BenchmarkReadOptions {
  readonly map?: Readonly<Record<string, string>>
  readonly layout?: string | undefined
  readonly skipInvalid?: boolean | undefined
  /** the field that names an item's subset, where the benchmark leaves that open */
  readonly by?: string | undefined
}

/** What reading has left out; complete when the items have been read. */
export interface BenchmarkReading extends AsyncIterable<readonly BenchmarkItem[]> {
  readonly summary: {
    readonly rows: number
    readonly skipped: number
    readonly reasons: Readonly<Record<string, number>>
  }
}

/** The scores of one item's completions, or why there are none. */
export type ItemScores = { readonly scores: ArrayLike<number> } | { readonly invalid: string }

/** Gathers scored items one by one and holds no texts but those that it shows. */
export interface BenchmarkGatherer<Report> {
  add(item: BenchmarkItem, outcome: ItemScores): void
  /** @throws GuerdonError DATA_EMPTY when no item could be scored */
  report(): Report
}

export interface GatherOptions {
  /** of every resampling in the report */
  readonly seed: number
  /** how many of the worst mistakes are shown */
  readonly worst: number
  readonly by: string
}

export interface Benchmark<Report = unknown> {
  /** as on the command line */
  readonly name: string
  /** one sentence */
  readonly summary: string
  read(file: string, options: BenchmarkReadOptions): BenchmarkReading
  /** the benchmark's own scoring */
  gather(options: GatherOptions): BenchmarkGatherer<Report>
}
