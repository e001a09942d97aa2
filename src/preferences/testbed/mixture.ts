/** What is the best that a model can do when annotators belong to groups: with the group known, and without. */
import { sigmoid } from '../../numerics/sigmoid.ts'
import { GuerdonError } from '../../records/error.ts'

export interface MixtureBounds {
  /** p(a ≻ b) = Σ_g π_g·σ(Δ_g), for each of n pairs */
  readonly probability: Float64Array
  /** E[max(p, 1 − p)]: no model that does not know the group is more accurate */
  readonly accuracyWithoutGroup: number
  /** E[Σ_g π_g·max(σ_g, 1 − σ_g)]: no model at all is more accurate */
  readonly accuracyWithGroup: number
  /** E[H(p)] in nats: the lowest log-loss without the group */
  readonly entropyWithoutGroup: number
  /** E[Σ_g π_g·H(σ_g)] in nats: the lowest log-loss with it */
  readonly entropyWithGroup: number
}

/** Entropy of a yes/no answer, in nats; 0 for a certain one. */
function binaryEntropy(p: number): number {
  const no = 1 - p
  return (p > 0 ? -p * Math.log(p) : 0) + (no > 0 ? -no * Math.log(no) : 0)
}

/**
 * Mixture probability and Bayes bounds over n pairs and G groups. The difference of the two accuracies is what
 * personalisation can gain; a result above the second is a defect of the experiment.
 * Source: paper 00-preference-testbed.
 * @param weights π, G positive numbers that sum to 1 (to 1e-6)
 * @param differences n × G row-major, β·(u_g(a) − u_g(b))
 * @param noise what is done to each σ_g before anything else, ε + (1 − 2ε)·σ and lapses; nothing unless told
 * @throws GuerdonError ARGUMENT_INVALID for weights that are no distribution, or shapes that do not fit
 *
 * @example mixtureBounds([0.5, 0.5], [3, -3]).accuracyWithoutGroup // 0.5
 */
export function mixtureBounds(
  weights: ArrayLike<number>,
  differences: ArrayLike<number>,
  noise: { readonly flip: number; readonly lapse: number } = { flip: 0, lapse: 0 },
): MixtureBounds {
  const groups = weights.length
  const size = differences.length / groups
  const total = Array.from(weights).reduce((sum, weight) => sum + weight, 0)
  if (!(Math.abs(total - 1) <= 1e-6) || Array.from(weights).some((weight) => !(weight >= 0))) {
    throw new GuerdonError('ARGUMENT_INVALID', 'the groups have no shares', {
      expected: 'numbers that are not negative and sum to 1',
      found: Array.from(weights),
    })
  }
  if (!Number.isInteger(size) || size === 0) {
    throw new GuerdonError('ARGUMENT_INVALID', `${differences.length} differences of ${groups} groups`, {
      expected: 'one a group for every pair, and at least one pair',
    })
  }
  const probability = new Float64Array(size)
  const sums = { accuracyWithoutGroup: 0, accuracyWithGroup: 0, entropyWithoutGroup: 0, entropyWithGroup: 0 }
  for (let pair = 0; pair < size; pair++) {
    let mixed = 0
    for (let group = 0; group < groups; group++) {
      const clean = sigmoid(differences[pair * groups + group]!)
      const p = noise.lapse / 2 + (1 - noise.lapse) * (noise.flip + (1 - 2 * noise.flip) * clean)
      const weight = weights[group]!
      mixed += weight * p
      sums.accuracyWithGroup += (weight * Math.max(p, 1 - p)) / size
      sums.entropyWithGroup += (weight * binaryEntropy(p)) / size
    }
    probability[pair] = mixed
    sums.accuracyWithoutGroup += Math.max(mixed, 1 - mixed) / size
    sums.entropyWithoutGroup += binaryEntropy(mixed) / size
  }
  return { probability, ...sums }
}
