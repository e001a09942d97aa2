/** A reward model's confidence in the labels of preference pairs. */
import { sigmoid } from '../../numerics/sigmoid.ts'
import { GuerdonError } from '../../records/error.ts'

/**
 * p_i = σ(r(chosen_i) − r(rejected_i)), the Bradley–Terry probability of the label, in [0, 1]; N scores a side, N
 * results. Source: paper 35, stage 1.
 *
 * @throws GuerdonError ARGUMENT_INVALID for lists of unequal length or a score that is not finite
 * @example pairConfidence([1, 2], [1, 2]) // [0.5, 0.5]
 */
export function pairConfidence(chosen: ArrayLike<number>, rejected: ArrayLike<number>): Float64Array {
  if (chosen.length !== rejected.length) {
    throw new GuerdonError('ARGUMENT_INVALID', 'every pair needs two scores', {
      found: `${chosen.length} chosen, ${rejected.length} rejected`,
    })
  }
  const confidence = new Float64Array(chosen.length)
  for (let pair = 0; pair < confidence.length; pair++) {
    const margin = chosen[pair]! - rejected[pair]!
    if (!Number.isFinite(margin)) {
      throw new GuerdonError('ARGUMENT_INVALID', `pair ${pair} has no finite scores`, {
        found: [chosen[pair], rejected[pair]],
      })
    }
    confidence[pair] = sigmoid(margin)
  }
  return confidence
}
