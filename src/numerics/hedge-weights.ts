/**
 * Hedge: weights over several rewards that follow labelled pairs, by exponential weights.
 * Source: paper 45 (MiCRo), section on online routing; Freund and Schapire, 1997.
 */
import { GuerdonError } from '../records/error.ts'
import { sigmoid, softplus } from './sigmoid.ts'

export interface HedgeTrace {
  /** after each pair, row-major, [pairs · heads]; each row sums to 1 */
  readonly weights: Float64Array
  /** Σ_k w_k·σ(margin_k) with the weights before the pair, [pairs] */
  readonly predictions: Float64Array
  /** Σ_t Σ_k w_k·ℓ_k with the weights before each pair: what Hedge's regret is measured on */
  readonly totalLoss: number
}

/**
 * After each pair w_k ∝ w_k·exp(−η·ℓ_k), ℓ_k = −log σ(margin_k), margin = head k's reward of the chosen completion
 * minus that of the rejected one. With η = 1 these are Bayes' posterior weights of heads that are Bradley–Terry models.
 * With losses in [0, M] the regret after T pairs is at most M·√(T·ln K/2) for η = √(8·ln K/T)/M.
 *
 * @param margins row-major, [pairs · heads], finite
 * @param heads K ≥ 1
 * @param options.eta η ≥ 0; 1 by default
 * @param options.initial weights before the first pair, not negative, not all 0; equal by default. A 0 stays 0.
 * @throws GuerdonError ARGUMENT_INVALID for lengths that do not fit or numbers out of range
 */
export function hedgeWeights(
  margins: ArrayLike<number>,
  heads: number,
  options: { readonly eta?: number; readonly initial?: ArrayLike<number> } = {},
): HedgeTrace {
  const { eta = 1, initial } = options
  const pairs = margins.length / heads
  if (!(heads >= 1) || !Number.isInteger(pairs))
    throw new GuerdonError('ARGUMENT_INVALID', `${margins.length} margins for ${heads} heads`, {
      expected: 'a whole number of pairs',
    })
  if (!(eta >= 0) || eta === Number.POSITIVE_INFINITY)
    throw new GuerdonError('ARGUMENT_INVALID', 'the rate of Hedge is out of range', {
      found: eta,
      expected: 'a finite number of at least 0',
    })
  // Logarithms: after some hundred pairs a product of likelihoods would be 0 for every head.
  const logs = startingLogs(heads, initial)
  const current = softmaxInto(logs, new Float64Array(heads), 0)
  const weights = new Float64Array(margins.length)
  const predictions = new Float64Array(pairs)
  let totalLoss = 0
  for (let pair = 0; pair < pairs; pair++) {
    const at = pair * heads
    for (let k = 0; k < heads; k++) {
      const margin = margins[at + k]!
      if (!Number.isFinite(margin))
        throw new GuerdonError('ARGUMENT_INVALID', `pair ${pair} has a margin that is not finite`, {
          found: margin,
        })
      const loss = softplus(-margin)
      predictions[pair]! += current[k]! * sigmoid(margin)
      totalLoss += current[k]! * loss
      logs[k]! -= eta * loss
    }
    softmaxInto(logs, weights, at)
    for (let k = 0; k < heads; k++) current[k] = weights[at + k]!
  }
  return { weights, predictions, totalLoss }
}

function startingLogs(heads: number, initial: ArrayLike<number> | undefined): Float64Array {
  if (initial === undefined) return new Float64Array(heads)
  const logs = Float64Array.from(initial, Math.log)
  if (
    logs.length !== heads ||
    !logs.every((log) => log < Number.POSITIVE_INFINITY) ||
    !logs.some(Number.isFinite)
  )
    throw new GuerdonError('ARGUMENT_INVALID', 'the first weights of Hedge are out of range', {
      found: Array.from(initial),
      expected: `${heads} finite numbers of at least 0, not all 0`,
    })
  return logs
}

function softmaxInto(logs: Float64Array, out: Float64Array, at: number): Float64Array {
  let top = Number.NEGATIVE_INFINITY
  for (const log of logs) top = Math.max(top, log)
  let sum = 0
  for (let k = 0; k < logs.length; k++) sum += Math.exp(logs[k]! - top)
  for (let k = 0; k < logs.length; k++) out[at + k] = Math.exp(logs[k]! - top) / sum
  return out
}
