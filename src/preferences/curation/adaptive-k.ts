/** How many similar pairs are looked up for a labelled pair: many where the reward model is wrong, few where it is sure. */
import { GuerdonError } from '../../records/error.ts'

/** A probability that may be compared with ½. */
export function checkProbability(p: number, what: string): void {
  if (!(p >= 0 && p <= 1)) {
    throw new GuerdonError('ARGUMENT_INVALID', `${what} is no probability`, {
      found: p,
      expected: 'a number from 0 to 1',
    })
  }
}

/**
 * k = k_max for p ≤ ½, else ⌈k_max·(1 − p)⌉, with p the model's confidence in the label. A whole number in 0 … k_max;
 * the product is rounded to 12 digits first, so that 8·(1 − 0.875) is 1. Source: paper 35, stage 1, error-driven
 * adaptive retrieval.
 *
 * @throws GuerdonError ARGUMENT_INVALID for p outside [0, 1] or a k_max that is no whole number from 0
 * @example adaptiveK(0.75, 8) // 2
 */
export function adaptiveK(p: number, kMax = 8): number {
  checkProbability(p, 'p')
  if (!Number.isSafeInteger(kMax) || kMax < 0) {
    throw new GuerdonError('ARGUMENT_INVALID', 'k_max is no number of pairs', {
      found: kMax,
      expected: 'a whole number from 0',
    })
  }
  if (p <= 0.5) return kMax
  return Math.ceil(Math.round(kMax * (1 - p) * 1e12) / 1e12)
}
