/** Estimates of KL(policy ‖ reference) by token from two log-probabilities of the sampled token. */
import { GuerdonError } from '../records/error.ts'

export const KL_ESTIMATORS = ['k1', 'abs', 'k2', 'k3'] as const
/** k1 unbiased, can be negative; abs its size; k2 half the square; k3 unbiased and never negative. */
export type KlEstimator = (typeof KL_ESTIMATORS)[number]

const LOG_RATIO_LIMIT = 20
const K3_LIMIT = 10

/**
 * Token estimates with d = log π − log π_ref of tokens sampled from π: k1 = d, abs = |d|, k2 = d²/2,
 * k3 = exp(−d) + d − 1. With `clamped` (verl) −d is held in ±20 and k3 in ±10; without (TRL) nothing is held.
 * Units: nats. Source: verl core_algos.py `kl_penalty_forward`; TRL grpo_trainer.py `_compute_loss`.
 *
 * @throws GuerdonError ARGUMENT_INVALID if the two arrays differ in length
 * @example klEstimates(Float64Array.of(-1), Float64Array.of(-2), 'k3') // [0.3679]
 */
export function klEstimates(
  logProbabilities: Float64Array,
  referenceLogProbabilities: Float64Array,
  estimator: KlEstimator,
  { clamped = true }: { readonly clamped?: boolean } = {},
): Float64Array {
  const size = logProbabilities.length
  if (referenceLogProbabilities.length !== size) {
    throw new GuerdonError('ARGUMENT_INVALID', 'the reference has another number of log-probabilities', {
      expected: `${size}`,
      found: referenceLogProbabilities.length,
    })
  }
  const result = new Float64Array(size)
  for (let token = 0; token < size; token++) {
    const difference = logProbabilities[token]! - referenceLogProbabilities[token]!
    if (estimator === 'k1') result[token] = difference
    else if (estimator === 'abs') result[token] = Math.abs(difference)
    else if (estimator === 'k2') result[token] = 0.5 * difference * difference
    else result[token] = clamped ? clampedK3(-difference) : Math.expm1(-difference) + difference
  }
  return result
}

function clampedK3(logRatio: number): number {
  const held = clamp(logRatio, LOG_RATIO_LIMIT)
  return clamp(Math.expm1(held) - held, K3_LIMIT)
}

function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(value, limit))
}
