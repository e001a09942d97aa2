/**
 * One score from several rewards and weights over them, in the three ways that MiCRo knows.
 * Source: paper 45; MiCRo `eval/eval_multi_head.py`.
 */
import { GuerdonError } from '../records/error.ts'
import { logSigmoid, sigmoid } from './sigmoid.ts'

export const ROUTED_SCORES = ['linear', 'log-sigmoid', 'top'] as const
export type RoutedScore = (typeof ROUTED_SCORES)[number]

/**
 * Scores of completions from the rewards of K heads: `linear` Σ w_k·r_k; `log-sigmoid` Σ w_k·log σ(r_k), in (−∞, 0],
 * which depends on each head's constant and may rank differently; `top` the reward of the head with the most weight
 * (the first of equal ones).
 *
 * @param rewards row-major, [rows · heads]
 * @param weights row-major, [rows · heads], or [heads] for all rows
 * @throws GuerdonError ARGUMENT_INVALID for lengths that do not fit
 * @example routedScores([1, 3], [0.5, 0.5], 2, 'linear') // Float64Array [2]
 */
export function routedScores(
  rewards: ArrayLike<number>,
  weights: ArrayLike<number>,
  heads: number,
  kind: RoutedScore,
): Float64Array {
  const rows = checkedRows(rewards, weights, heads)
  const shared = weights.length !== rewards.length
  const scores = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    const at = row * heads
    const from = shared ? 0 : at
    let top = 0
    for (let k = 0; k < heads; k++) {
      const [reward, weight] = [rewards[at + k]!, weights[from + k]!]
      if (kind === 'linear') scores[row]! += weight * reward
      else if (kind === 'log-sigmoid') scores[row]! += weight * logSigmoid(reward)
      else if (weight > weights[from + top]!) top = k
    }
    if (kind === 'top') scores[row] = rewards[at + top]!
  }
  return scores
}

/**
 * Probability that the first of two completions is preferred, Σ w_k·σ(a_k − b_k), in [0, 1]: the mixture itself, to
 * which a score of single completions is only an approximation.
 *
 * @param first rewards, row-major, [pairs · heads]
 * @param second rewards, row-major, [pairs · heads]
 * @param weights row-major, [pairs · heads], or [heads] for all pairs
 * @throws GuerdonError ARGUMENT_INVALID for lengths that do not fit
 * @example routedPreference([1, 3], [1, 3], [0.5, 0.5], 2) // Float64Array [0.5]
 */
export function routedPreference(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  weights: ArrayLike<number>,
  heads: number,
): Float64Array {
  const rows = checkedRows(first, weights, heads)
  if (second.length !== first.length)
    throw new GuerdonError('ARGUMENT_INVALID', `rewards of ${first.length} and ${second.length} numbers`, {
      expected: 'as many on both sides',
    })
  const shared = weights.length !== first.length
  const probabilities = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    const at = row * heads
    for (let k = 0; k < heads; k++)
      probabilities[row]! += weights[(shared ? 0 : at) + k]! * sigmoid(first[at + k]! - second[at + k]!)
  }
  return probabilities
}

function checkedRows(rewards: ArrayLike<number>, weights: ArrayLike<number>, heads: number): number {
  const rows = rewards.length / heads
  if (!(heads >= 1) || !Number.isInteger(rows))
    throw new GuerdonError('ARGUMENT_INVALID', `${rewards.length} rewards for ${heads} heads`)
  if (weights.length !== heads && weights.length !== rewards.length)
    throw new GuerdonError(
      'ARGUMENT_INVALID',
      `${weights.length} weights for ${rows} rows of ${heads} heads`,
      {
        expected: `${heads} or ${rewards.length}`,
      },
    )
  return rows
}
