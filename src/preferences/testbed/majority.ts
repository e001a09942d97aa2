/** The vote of several annotators on one pair. */

/**
 * Probability that more than half of independent annotators prefer A, plus half the probability of a tied vote
 * (a coin decides it). Exact, by the distribution of the sum of Bernoulli variables.
 * @param probabilities `count` of them from `start` on
 * @param scratch at least count + 1 long; overwritten
 *
 * @example majorityProbability(Float64Array.of(0.9, 0.9, 0.9), 0, 3, new Float64Array(4)) // 0.972
 */
export function majorityProbability(
  probabilities: Float64Array,
  start: number,
  count: number,
  scratch: Float64Array,
): number {
  scratch.fill(0, 0, count + 1)
  scratch[0] = 1
  for (let vote = 0; vote < count; vote++) {
    const p = probabilities[start + vote]!
    for (let wins = vote + 1; wins > 0; wins--)
      scratch[wins] = scratch[wins]! * (1 - p) + scratch[wins - 1]! * p
    scratch[0]! *= 1 - p
  }
  let sum = count % 2 === 0 ? scratch[count / 2]! / 2 : 0
  for (let wins = Math.floor(count / 2) + 1; wins <= count; wins++) sum += scratch[wins]!
  return sum
}
