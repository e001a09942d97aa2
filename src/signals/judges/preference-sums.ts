/** A reward for each member of a group out of a matrix of preferences between them. */
import { GuerdonError } from '../../records/error.ts'

/**
 * R_i = Σ_{j ≠ i} S(i, j): what a member collects over all ordered pairs; the diagonal does not count. Range [0, K − 1]
 * for S in [0, 1]. Source: paper 19 (R1-Reward as a baseline of RL).
 * @param preferences K × K row-major, S(i, j) how far i is preferred to j
 * @throws GuerdonError ARGUMENT_INVALID for a matrix that is not square
 *
 * @example preferenceSums(Float64Array.of(9, 0.75, 0.25, 9)) // [0.75, 0.25]
 */
export function preferenceSums(preferences: Float64Array): Float64Array {
  const members = Math.round(Math.sqrt(preferences.length))
  if (members * members !== preferences.length) {
    throw new GuerdonError('ARGUMENT_INVALID', `${preferences.length} preferences are no square matrix`, {
      expected: 'K × K numbers',
    })
  }
  const sums = new Float64Array(members)
  for (let row = 0; row < members; row++) {
    for (let column = 0; column < members; column++) {
      if (row !== column) sums[row]! += preferences[row * members + column]!
    }
  }
  return sums
}
