/**
 * Scores requests: the one door between the protocols and the reward. It deduplicates, joins requests into signal
 * batches, holds groups until they are whole, moves the state, stores, and tells the live listeners.
 */
import type { Rollout } from '../../records/rollout.ts'
import type { Reward } from '../../reward/score.ts'
import type { ScoredRow } from '../../store/store.ts'

/** The id of a rollout that came without one: the service gives it a name of its own. */
export const UNNAMED = ''

export interface ScoreRequest {
  readonly rollouts: readonly Rollout[]
  readonly protocol: string
  /** the client's Idempotency-Key */
  readonly key?: string | undefined
  /**
   * `whole`: every group of the request is complete, advantages and group signals may be computed.
   * `single`: the protocol sends rollouts one by one; groups are held until complete when the server was told their
   * size, and a reward that needs groups is refused with the reason otherwise.
   */
  readonly groups: 'whole' | 'single'
  readonly abort: AbortSignal
  /** digest of the request as it came, so that its content need not be gone through again for one */
  readonly contentDigest?: string | undefined
}

export interface ScoreAnswer {
  /** id of the stored batch */
  readonly batch: string
  /** true when this is the answer of an earlier, equal request */
  readonly repeated: boolean
  readonly specDigest: string
  /** in the order of the request's rollouts */
  readonly rows: readonly ScoredRow[]
}

export interface ScoringService {
  /** the reward that is served now; changes when a new spec is loaded */
  readonly reward: Reward
  /** id of the run that batches are stored under */
  readonly run: string
  /** names of the columns every row of an answer has, in a fixed order (signals, parts as `signal.part`) */
  readonly columnNames: readonly string[]
  /**
   * @throws GuerdonError of the reward; GROUP_INCOMPLETE, KEY_REUSED, SERVER_BUSY, SERVER_STOPPING, RUN_CANCELLED
   */
  score(request: ScoreRequest): Promise<ScoreAnswer>
}
