/**
 * Where the state of a reward's stateful methods lives while it is served: in the process (`memory-state.ts`), or in
 * Redis for several replicas (`redis-state.ts`). A state moves exactly once a request, and no update is lost.
 *
 * A state belongs to a scope: a name (the reward's, or one that was given) and the digest of the spec. A changed spec
 * has another digest, so it begins anew and never reads numbers that other methods left.
 */
import { GuerdonError } from '../../records/error.ts'
import type { RewardState } from '../../reward/score.ts'

/** How long answers of applied requests are remembered by default: one hour. */
export const REMEMBER_SECONDS = 3600

/** Whose state it is. */
export interface StateScope {
  /** name of the reward, or a name that replicas were given to share a state under */
  readonly name: string
  /** `plan.digest` of the spec */
  readonly specDigest: string
}

/** What one call of `step` gives. */
export interface Step<T> {
  /** the next state; plain JSON */
  readonly state: RewardState
  /** what each key is answered with, parallel to the keys; plain JSON */
  readonly answers: readonly unknown[]
  /** for the caller alone; never stored */
  readonly result: T
}

export type MoveOutcome<T> =
  | { readonly kind: 'moved'; readonly result: T; readonly state: RewardState; readonly version: number }
  /** nothing moved: these keys were applied before, with these answers */
  | { readonly kind: 'applied'; readonly answers: ReadonlyMap<string, unknown> }

/** Moves a state exactly once a request and never loses an update. */
export interface StateStore {
  /** where it is, without a password */
  readonly location: string
  /** The current state and its version; the initial state and 0 before the first move. */
  read(): Promise<{ readonly state: RewardState; readonly version: number }>
  /**
   * Calls `step` with the current state and makes its result the next one. When another replica moved it in between,
   * `step` is called again with the newer state, so it must be pure. `keys` are the requests that this move stands
   * for, all different: if any was already applied, here or by another replica, nothing moves and the stored answers
   * come back, so that the caller can apply the others without it. Keys are remembered for a limited time.
   *
   * @throws GuerdonError ARGUMENT_INVALID for a key named twice, for answers that are not parallel to the keys, and
   *   for a state that JSON cannot keep; STORE_FAILED when the state cannot be reached or moved; whatever `step` throws
   */
  move<T>(keys: readonly string[], step: (state: RewardState) => Step<T>): Promise<MoveOutcome<T>>
  /** Waits for the moves under way and lets go of the connection; later calls fail. */
  close(): Promise<void>
}

/** Refuses a request that is named twice: one move would answer it twice. */
export function checkKeys(keys: readonly string[]): void {
  if (new Set(keys).size === keys.length) return
  throw new GuerdonError('ARGUMENT_INVALID', 'a move of the state names a request twice', {
    found: keys.find((key, index) => keys.indexOf(key) !== index),
    expected: 'different keys',
  })
}

/**
 * The JSON of a step's state.
 * @throws GuerdonError ARGUMENT_INVALID for NaN and infinity, which JSON would turn into null, and for answers that
 *   are not parallel to the keys
 */
export function encodeStep({ state, answers }: Step<unknown>, keys: readonly string[]): string {
  if (answers.length !== keys.length) {
    throw new GuerdonError('ARGUMENT_INVALID', 'a move of the state must answer each of its requests', {
      found: answers.length,
      expected: `${keys.length} answers`,
    })
  }
  return JSON.stringify(state, (field, value) => {
    if (typeof value !== 'number' || Number.isFinite(value)) return value
    throw new GuerdonError('ARGUMENT_INVALID', 'the state of a reward holds a number that JSON cannot keep', {
      where: { field },
      found: value,
      expected: 'a finite number',
    })
  })
}

/** The failure of a call after `close`. */
export function closed(location: string): GuerdonError {
  return new GuerdonError('STORE_FAILED', `the state in ${location} is closed`)
}
