/** How much each member of an ensemble counts, by what it did on validation pairs. */
import { GuerdonError } from '../records/error.ts'

/**
 * Weights of M members that sum to 1: proportional to a member's accuracy on n validation pairs (a tie counts ½), or to
 * its mean |margin| ("confidence": depends on each member's scale, so standardise first). Paper 19 found equal weights
 * to be best among members of similar quality.
 * @param chosen one list of n scores a member
 * @throws GuerdonError ARGUMENT_INVALID for no members or pairs, lists of different lengths, or when nobody is ever right
 *   (or has a margin)
 *
 * @example ensembleWeights([[1, 1], [1, 0]], [[0, 0], [0, 1]], 'accuracy') // ≈ [0.6667, 0.3333]
 */
export function ensembleWeights(
  chosen: readonly ArrayLike<number>[],
  rejected: readonly ArrayLike<number>[],
  rule: 'accuracy' | 'confidence',
): Float64Array {
  const pairs = chosen[0]?.length ?? 0
  const uneven = [...chosen, ...rejected].some(({ length }) => length !== pairs)
  if (pairs === 0 || chosen.length !== rejected.length || uneven) {
    throw new GuerdonError('ARGUMENT_INVALID', 'members cannot be weighed on these pairs', {
      expected: 'a chosen and a rejected score for every pair from every member',
      found: [chosen.map(({ length }) => length), rejected.map(({ length }) => length)],
    })
  }
  const merits = new Float64Array(chosen.length)
  let total = 0
  for (let member = 0; member < merits.length; member++) {
    for (let pair = 0; pair < pairs; pair++) {
      const margin = chosen[member]![pair]! - rejected[member]![pair]!
      merits[member]! += rule === 'confidence' ? Math.abs(margin) : margin > 0 ? 1 : margin === 0 ? 0.5 : 0
    }
    total += merits[member]!
  }
  if (!(total > 0 && Number.isFinite(total))) {
    throw new GuerdonError('ARGUMENT_INVALID', `no member has any ${rule} on these pairs`, {
      expected: 'finite scores, and at least one member with some',
    })
  }
  return merits.map((merit) => merit / total)
}
