/** Rankings of n items as n choices of the best that is left. */
import type { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'

/**
 * log P(σ) = Σ_j (u_σ(j) − log Σ_{k ≥ j} e^{u_σ(k)}), in [−∞, 0]: the log-probability of a ranking, best first.
 * Source: Plackett 1975; paper 00-preference-testbed.
 * @param utilities already times β
 * @param ranking item numbers, best first; every item once
 * @throws GuerdonError ARGUMENT_INVALID when the ranking is no permutation of the items
 *
 * @example plackettLuceLogProbability([0, 0], [1, 0]) // −0.6931471805599453
 */
export function plackettLuceLogProbability(utilities: ArrayLike<number>, ranking: ArrayLike<number>): number {
  const seen = new Uint8Array(utilities.length)
  for (let place = 0; place < ranking.length; place++) {
    const item = ranking[place]!
    if (!(item in seen) || seen[item] === 1) break
    seen[item] = 1
  }
  if (ranking.length !== utilities.length || seen.includes(0)) {
    throw new GuerdonError('ARGUMENT_INVALID', `the ranking is no order of ${utilities.length} items`, {
      expected: 'every item once, best first',
      found: Array.from(ranking),
    })
  }
  let logProbability = 0
  let logSum = Number.NEGATIVE_INFINITY
  for (let place = ranking.length - 1; place >= 0; place--) {
    const utility = utilities[ranking[place]!]!
    const larger = Math.max(logSum, utility)
    logSum = larger + Math.log1p(Math.exp(Math.min(logSum, utility) - larger))
    logProbability += utility - logSum
  }
  return logProbability
}

/**
 * A ranking drawn from Plackett–Luce: Gumbel noise is added to β·u and the items are sorted, best first.
 *
 * @example samplePlackettLuce(new RandomStream(1), [0, 100], 1) // [1, 0]
 */
export function samplePlackettLuce(
  stream: RandomStream,
  utilities: ArrayLike<number>,
  rationality: number,
): Int32Array {
  const size = utilities.length
  const noisy = new Float64Array(size)
  // 1 − uniform is in (0, 1], so its logarithm is finite.
  for (let item = 0; item < size; item++)
    noisy[item] = rationality * utilities[item]! - Math.log(-Math.log1p(-stream.uniform()))
  return Int32Array.from({ length: size }, (_, item) => item).sort((a, b) => noisy[b]! - noisy[a]!)
}
