/** Cosine similarity of two embeddings: the cheap stand-in for a reward model where an answer cannot be checked. */
import { GuerdonError } from '../../records/error.ts'

/** Norms below this have no direction. */
export const SMALLEST_NORM = 1e-12

/**
 * a·b / (‖a‖‖b‖), in [−1, 1]; 0 if either norm is below 1e-12 (whoever stores it should flag the row).
 * Source: paper 13 (HARMO), section on the embedding reward.
 *
 * @throws GuerdonError ARGUMENT_INVALID when the lengths differ
 * @example cosineSimilarity([3, 4], [4, 3]) // 0.96
 */
export function cosineSimilarity(left: ArrayLike<number>, right: ArrayLike<number>): number {
  if (left.length !== right.length) {
    throw new GuerdonError('ARGUMENT_INVALID', `embeddings of ${left.length} and ${right.length} numbers`, {
      expected: 'two embeddings of the same length',
    })
  }
  let product = 0
  let leftSquares = 0
  let rightSquares = 0
  for (let index = 0; index < left.length; index++) {
    product += left[index]! * right[index]!
    leftSquares += left[index]! * left[index]!
    rightSquares += right[index]! * right[index]!
  }
  const leftNorm = Math.sqrt(leftSquares)
  const rightNorm = Math.sqrt(rightSquares)
  if (leftNorm < SMALLEST_NORM || rightNorm < SMALLEST_NORM) return 0
  return Math.min(1, Math.max(-1, product / (leftNorm * rightNorm)))
}
