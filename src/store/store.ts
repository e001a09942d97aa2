/**
 * What a store keeps of a served reward, and what it promises. The contract is one for SQLite and PostgreSQL
 * (`store.contract.ts` runs on both):
 *
 * - `append` resolves when the batches are durable: they survive a kill of the process and of the machine.
 * - A run holds at most one batch for an idempotency key. A second one is not stored; the first one's answer comes
 *   back, so that a retry is answered like the request it repeats.
 * - States are saved in the same transaction as the batch that moved them: after a crash neither is there without
 *   the other.
 * - Reading never blocks writing, and never holds more than one piece of an answer in memory.
 */
import type { Alert } from '../audit/alert.ts'
import type { Rollout } from '../records/rollout.ts'
import type { RewardState } from '../reward/score.ts'
import type { RewardSpec } from '../reward/spec.ts'

/** The scores of one row, as they are stored and as every protocol's answer is made from them. */
export interface ScoredRow {
  readonly id: string
  readonly group: string
  /** null = invalid; `reasons.reward` says why */
  readonly reward: number | null
  /** null when the spec has no advantage, or none by rollout */
  readonly advantage: number | null
  /** signals' columns before shaping; a list for step and token columns; null = invalid */
  readonly columns: Readonly<Record<string, number | null | readonly (number | null)[]>>
  /** after each shaping: `column/1 method`, rollout columns only */
  readonly stages: Readonly<Record<string, number | null>>
  /** column (or `reward`) → why it is invalid, or what else there is to say; empty for most rows */
  readonly reasons: Readonly<Record<string, string>>
  readonly tokenRewards?: readonly (number | null)[]
  readonly tokenAdvantages?: readonly (number | null)[]
  readonly weight?: number
  /** false = the advantage leaves the row out */
  readonly kept?: boolean
}

/** One signal's work on a batch. */
export interface SignalWork {
  readonly signal: string
  readonly rows: number
  readonly seconds: number
  readonly failures: number
}

/** A scored batch on its way into the store. `rollouts` and `rows` are parallel. */
export interface BatchRecord {
  /** `b_` and a sortable unique id */
  readonly id: string
  readonly run: string
  /** the client's Idempotency-Key, or the content's digest when it sent none */
  readonly key: string
  /** SHA-256 of the request's content, so that a key is never answered with another request's scores */
  readonly contentDigest: string
  readonly protocol: string
  readonly specDigest: string
  /** training step, when every row names the same */
  readonly step: number | null
  /** milliseconds since 1970 */
  readonly receivedAt: number
  /** seconds from the request to its scores */
  readonly seconds: number
  readonly work: readonly SignalWork[]
  readonly rollouts: readonly Rollout[]
  readonly rows: readonly ScoredRow[]
  /** state of the stateful methods after this batch; absent when the spec has none or it lives elsewhere */
  readonly state?: RewardState
}

/** What `find` and a repeated `append` give back: enough to answer the request again. */
export interface StoredAnswer {
  readonly id: string
  readonly contentDigest: string
  readonly specDigest: string
  readonly rows: readonly ScoredRow[]
}

export type AppendOutcome =
  | { readonly kind: 'stored' }
  /** the run already held the key; nothing was stored and no state moved */
  | { readonly kind: 'known'; readonly answer: StoredAnswer }

export interface NewRun {
  readonly id: string
  readonly reward: string
  readonly spec: RewardSpec
  readonly specDigest: string
  /** columns logged by the trainer that the reward does not see, for the watch */
  readonly heldBack: readonly string[]
}

export interface RunRecord extends NewRun {
  readonly startedAt: number
  /** time of the last batch; null before the first */
  readonly lastAt: number | null
  readonly batches: number
  readonly rows: number
  readonly lastStep: number | null
}

/** A rollout with its scores and where they came from, as it is read back. */
export interface StoredRow {
  /** position in the run, counted from 0 in the order of storing; unique and stable */
  readonly sequence: number
  readonly batch: string
  readonly protocol: string
  readonly specDigest: string
  readonly receivedAt: number
  readonly rollout: Rollout
  readonly scores: ScoredRow
  /** how often the same request came again and was answered from the store */
  readonly repeats: number
}

/** Which rows of a run: all given conditions hold. */
export interface RowFilter {
  readonly fromStep?: number | undefined
  readonly toStep?: number | undefined
  readonly group?: string | undefined
  readonly id?: string | undefined
  /** only rows whose reward is invalid, or only valid ones */
  readonly valid?: boolean | undefined
  /** rows whose prompt or completion contains this text, case ignored */
  readonly text?: string | undefined
}

/** Rows of equal reward follow in the order of storing (highest: newest first); invalid rows come after all valid ones. */
export type RowOrder = 'newest' | 'oldest' | 'lowest-reward' | 'highest-reward'

export interface RowPage {
  readonly rows: readonly StoredRow[]
  /** pass as `after` to go on; null at the end */
  readonly next: string | null
}

/** The numbers of many rows as columns: what every aggregate of the studio is computed from. */
export interface NumberFrame {
  /** rows that the filter matches; `sequence.length` of them are here, evenly spread when there are more than `most` */
  readonly matching: number
  readonly sequence: Float64Array
  /** NaN = the row names no step */
  readonly step: Float64Array
  /** row → group number inside this frame */
  readonly group: Int32Array
  readonly groupNames: readonly string[]
  /**
   * `reward`, `advantage`, every rollout column and stage, logged numbers as `logged/NAME`, and `length` (tokens when
   * known, else characters; a signal of that name takes its place); NaN = invalid or absent
   */
  readonly columns: ReadonlyMap<string, Float64Array>
}

export interface StoredAlert extends Alert {
  readonly id: number
  readonly run: string
  readonly at: number
}

/** What may be forgotten. Counts and ages are upper limits; a run's state and its alerts stay. */
export interface RetentionPolicy {
  readonly maximumRows?: number | undefined
  readonly maximumAgeSeconds?: number | undefined
}

export interface Store {
  /** where it is, without a password */
  readonly location: string

  /** Begins a run, or goes on with it when the id is known (its spec and digest are then replaced). */
  openRun(run: NewRun): Promise<RunRecord>
  /**
   * Stores batches durably, all in one transaction; outcomes are parallel.
   *
   * @throws GuerdonError STORE_UNKNOWN_RUN when a batch names a run that was not opened; STORE_FAILED when the disk is
   *   full or the connection is lost. Nothing of the call is stored then, save that a connection lost at the very end
   *   may leave it stored: the same keys may be appended again.
   */
  append(batches: readonly BatchRecord[]): Promise<AppendOutcome[]>
  /** The answer that a key was given, if the run holds it. `sinceMs`: only if it was received at or after that time. */
  find(run: string, key: string, sinceMs?: number): Promise<StoredAnswer | undefined>
  /** Counts an answered repeat of a batch. */
  countRepeat(run: string, batch: string): Promise<void>
  /** The state that the run's last batch left; undefined when none did. */
  loadState(run: string): Promise<RewardState | undefined>

  runs(): Promise<RunRecord[]>
  run(id: string): Promise<RunRecord | undefined>
  rows(
    run: string,
    filter: RowFilter,
    options: { order: RowOrder; limit: number; after?: string | undefined },
  ): Promise<RowPage>
  row(run: string, sequence: number): Promise<StoredRow | undefined>
  numbers(run: string, filter: RowFilter, options: { most: number }): Promise<NumberFrame>
  /** work of the signals, newest batches first, at most `most` batches */
  work(run: string, options: { most: number }): Promise<readonly (readonly SignalWork[])[]>
  /** every row in the order of storing, in pieces */
  export(run: string): AsyncIterable<readonly StoredRow[]>

  saveAlert(run: string, alert: Alert, at: number): Promise<StoredAlert>
  alerts(run: string): Promise<StoredAlert[]>

  /**
   * Forgets what the policy does not allow, oldest batches first, in pieces that do not stop the writer; returns how
   * many rows went. The keys of forgotten batches are forgotten too: a request that repeats one is scored anew.
   */
  prune(policy: RetentionPolicy): Promise<number>
  /** Resolves when everything accepted is durable and the files are closed. */
  close(): Promise<void>
}
