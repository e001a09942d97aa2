import type { RewardState } from '../../reward/score.ts'

/** Moves a state exactly once a request and never loses an update. */
export interface StateStore {
  /** current state and its version (0 and {} before the first move) */
  read(): Promise<{ state: RewardState; version: number }>
  move<T>(
    keys: readonly string[],
    step: (state: RewardState) => { state: RewardState; answers: readonly unknown[]; result: T },
  ): Promise<
    | { kind: 'moved'; result: T; state: RewardState; version: number }
    | { kind: 'applied'; answers: ReadonlyMap<string, unknown> }
  >
  close(): Promise<void>
}
