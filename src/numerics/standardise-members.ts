/** Puts the members of an ensemble on one scale: without it a minimum picks the member with the lowest offset. */
import { GuerdonError } from '../records/error.ts'

export interface ReferenceMoments {
  readonly mean: number
  readonly standardDeviation: number
}

/** Below this a member says nothing, and dividing by it would blow up rounding. */
const NO_SPREAD = 1e-8

/**
 * Mean and standard deviation (÷ n) of a member's scores on a fixed reference set.
 * @throws GuerdonError ARGUMENT_INVALID for an empty reference set
 *
 * @example referenceMoments([1, 3]) // { mean: 2, standardDeviation: 1 }
 */
export function referenceMoments(scores: ArrayLike<number>): ReferenceMoments {
  const size = scores.length
  if (size === 0) {
    throw new GuerdonError('ARGUMENT_INVALID', 'the reference set is empty', { expected: 'scores' })
  }
  let mean = 0
  for (let item = 0; item < size; item++) mean += scores[item]! / size
  let squares = 0
  for (let item = 0; item < size; item++) squares += (scores[item]! - mean) ** 2
  return { mean, standardDeviation: Math.sqrt(squares / size) }
}

/**
 * (score − mean) / standard deviation; a deviation below 1e-8 counts as 1. Source: paper 17.
 *
 * @example standardise(5, { mean: 1, standardDeviation: 2 }) // 2
 */
export function standardise(score: number, { mean, standardDeviation }: ReferenceMoments): number {
  return (score - mean) / (standardDeviation < NO_SPREAD ? 1 : standardDeviation)
}

/**
 * Every member's scores standardised on its own moments.
 *
 * @example standardiseMembers([Float64Array.of(5)], [{ mean: 1, standardDeviation: 2 }]) // [[2]]
 */
export function standardiseMembers(
  members: readonly Float64Array[],
  moments: readonly ReferenceMoments[],
): Float64Array[] {
  return members.map((scores, member) => scores.map((score) => standardise(score, moments[member]!)))
}
