/** How strongly an annotator says that A is better, on a scale of seven points. */
import type { RandomStream } from '../../numerics/random.ts'

/**
 * The margin in −3 … 3 that goes with a probability: clip(round(3·(2p − 1) + noise·N(0, 1)), −3, 3), positive for A.
 * Source: paper 00-preference-testbed.
 * @param probability p₁ of A for each pair, without lapses
 * @param noise standard deviation of the noise, 0.5 unless told
 *
 * @example preferenceStrength(new RandomStream(1), [1, 0.5, 0], 0) // [3, 0, −3]
 */
export function preferenceStrength(
  stream: RandomStream,
  probability: ArrayLike<number>,
  noise = 0.5,
): Int8Array {
  return Int8Array.from(probability, (p) =>
    Math.max(-3, Math.min(3, Math.round(3 * (2 * p - 1) + noise * stream.normal()))),
  )
}
