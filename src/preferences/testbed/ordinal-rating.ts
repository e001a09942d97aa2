/** Ratings from 1 to R by an ordinal logit, with raters who are strict or lenient and use the scale differently. */
import { quantile } from '../../numerics/quantile.ts'
import type { RandomStream } from '../../numerics/random.ts'
import { sigmoid } from '../../numerics/sigmoid.ts'
import { GuerdonError } from '../../records/error.ts'

/**
 * P(rating = r) for n utilities, n × R row-major with R = thresholds + 1: P(rating ≤ r) = σ((t_r − u)/s).
 * Source: paper 00-preference-testbed.
 * @param thresholds increasing
 * @throws GuerdonError ARGUMENT_INVALID for thresholds that do not increase or a scale that is not positive
 *
 * @example ratingProbabilities([0], [0], 1) // [0.5, 0.5]
 */
export function ratingProbabilities(
  utilities: ArrayLike<number>,
  thresholds: ArrayLike<number>,
  scale: number,
): Float64Array {
  for (let index = 0; index < thresholds.length; index++) {
    if (!(scale > 0) || (index > 0 && !(thresholds[index]! > thresholds[index - 1]!))) {
      throw new GuerdonError('ARGUMENT_INVALID', 'no ordinal scale', {
        expected: 'increasing thresholds and a positive scale',
        found: [Array.from(thresholds), scale],
      })
    }
  }
  const ratings = thresholds.length + 1
  const probabilities = new Float64Array(utilities.length * ratings)
  for (let row = 0; row < utilities.length; row++) {
    let below = 0
    for (let rating = 0; rating < ratings; rating++) {
      const upTo = rating === ratings - 1 ? 1 : sigmoid((thresholds[rating]! - utilities[row]!) / scale)
      probabilities[row * ratings + rating] = upTo - below
      below = upTo
    }
  }
  return probabilities
}

/** Thresholds at the 10, 30, 70 and 90 % quantiles of the utilities: five ratings. */
export function ratingThresholds(utilities: Float64Array): Float64Array {
  const copy = utilities.slice()
  return Float64Array.of(0.1, 0.3, 0.7, 0.9).map((share) => quantile(copy, 0, copy.length, share))
}

/** How a rater differs from the mean rater: u becomes (u + shift)·stretch. */
export interface Rater {
  readonly shift: number
  readonly stretch: number
}

/** A rater with shift N(0, 0.5²) and stretch e^{N(0, 0.3²)}. */
export function drawRater(stream: RandomStream): Rater {
  return { shift: 0.5 * stream.normal(), stretch: Math.exp(0.3 * stream.normal()) }
}

/**
 * One rating 1 … R for each utility.
 *
 * @example sampleRatings(new RandomStream(1), [-1000, 1000], [0], 1) // [1, 2]
 */
export function sampleRatings(
  stream: RandomStream,
  utilities: ArrayLike<number>,
  thresholds: ArrayLike<number>,
  scale: number,
  rater: Rater = { shift: 0, stretch: 1 },
): Uint8Array {
  const felt = Float64Array.from(utilities, (utility) => (utility + rater.shift) * rater.stretch)
  const ratings = thresholds.length + 1
  const probabilities = ratingProbabilities(felt, thresholds, scale)
  const drawn = new Uint8Array(felt.length)
  for (let row = 0; row < drawn.length; row++) {
    let left = stream.uniform()
    let rating = 0
    while (rating < ratings - 1 && left >= probabilities[row * ratings + rating]!)
      left -= probabilities[row * ratings + rating++]!
    drawn[row] = rating + 1
  }
  return drawn
}
