/** A step for the tests: takes numbers into running moments and answers with them. */
import {
  mergeMoments,
  momentsOf,
  NO_MOMENTS,
  parseMoments,
  type RunningMoments,
} from '../../numerics/welford.ts'
import type { RewardState } from '../../reward/score.ts'
import type { Step } from './state-store.ts'

export const momentsIn = (state: RewardState): RunningMoments => parseMoments(state.moments ?? NO_MOMENTS)

export function seeing(...values: number[]): (state: RewardState) => Step<number> {
  return (state) => {
    const batch = momentsOf(Float64Array.from(values), new Uint8Array(values.length).fill(1))
    const moments = mergeMoments(momentsIn(state), batch)
    return { state: { moments }, answers: values, result: moments.count }
  }
}
