/** How often one set of scores beats another, item by item. */
import { GuerdonError } from '../records/error.ts'

/**
 * Share of items whose score is above the reference's, a tie counting ½; in [0, 1].
 * @throws GuerdonError ARGUMENT_INVALID for no items, different lengths or a score that is NaN
 *
 * @example winRate([2, 1, 0], [1, 1, 1]) // 0.5
 */
export function winRate(scores: ArrayLike<number>, reference: ArrayLike<number>): number {
  let wins = 0
  for (let item = 0; item < scores.length; item++) {
    const difference = scores[item]! - reference[item]!
    // Two equal infinities are a tie, not NaN.
    if (scores[item] === reference[item]) wins += 0.5
    else if (difference > 0) wins++
    else if (Number.isNaN(difference)) wins = Number.NaN
  }
  if (scores.length === 0 || scores.length !== reference.length || Number.isNaN(wins)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'scores cannot be compared with their reference', {
      expected: 'at least one item and two numbers for each',
      found: [scores.length, reference.length],
    })
  }
  return wins / scores.length
}
