/**
 * Running estimates of the mean and variance of pass rates over training steps (paper 02: few prompts a batch make the
 * fitted density noisy, and an exponential average of both steadies it). Three numbers and two weights, plain JSON.
 */
import { GuerdonError } from '../records/error.ts'

export interface PassRateEstimates {
  /** decayed number of groups, and of degrees of freedom (groups − 1 of each batch) */
  readonly groups: number
  readonly freedom: number
  /** decayed average of the batches' means, weighted by their groups; 0 before the first */
  readonly mean: number
  /** decayed average of the batches' unbiased variances, weighted by their degrees of freedom; 0 before the first */
  readonly variance: number
}

/** Before the first batch. */
export const NO_ESTIMATES: PassRateEstimates = Object.freeze({ groups: 0, freedom: 0, mean: 0, variance: 0 })

/** The pass rates of one batch: how many, their mean, and the sum of squared deviations from it. */
export interface PassRates {
  readonly groups: number
  readonly mean: number
  readonly squares: number
}

/**
 * Estimates after one more batch of n groups with mean m and squared deviations Q, decay d in [0, 1]:
 * N′ = d·N + n, mean′ = mean + (m − mean)·n/N′, F′ = d·F + n − 1, variance′ = variance + (Q/(n − 1) − variance)·(n − 1)/F′.
 *
 * For batches of equal size these are the exponential averages of mean and unbiased variance, without the bias towards
 * the start. A batch without groups changes nothing, one with a single group moves the mean alone. d = 0 keeps the last
 * batch only, d = 1 weighs all groups alike.
 *
 * @example movedEstimates(NO_ESTIMATES, { groups: 3, mean: 0.5, squares: 0.25 }, 0.9)
 *   // { groups: 3, freedom: 2, mean: 0.5, variance: 0.125 }
 */
export function movedEstimates(
  before: PassRateEstimates,
  { groups: count, mean, squares }: PassRates,
  decay: number,
): PassRateEstimates {
  if (count === 0) return before
  const groups = decay * before.groups + count
  // Rounding may step out of [0, 1] by a hair.
  const movedMean = Math.min(Math.max(before.mean + (mean - before.mean) * (count / groups), 0), 1)
  if (count === 1) return { ...before, groups, freedom: decay * before.freedom, mean: movedMean }
  const freedom = decay * before.freedom + count - 1
  const variance = before.variance + (squares / (count - 1) - before.variance) * ((count - 1) / freedom)
  return { groups, freedom, mean: movedMean, variance: Math.max(variance, 0) }
}

/**
 * The mean and variance to fit a density to; 0 and 1, to which no density but the even one fits, where no batch had
 * two groups yet.
 *
 * @example estimatesOf(NO_ESTIMATES) // { mean: 0, variance: 1 }
 */
export function estimatesOf({ freedom, mean, variance }: PassRateEstimates): {
  mean: number
  variance: number
} {
  return freedom > 0 ? { mean, variance } : { mean: 0, variance: 1 }
}

/**
 * Estimates read back from JSON.
 * @throws GuerdonError DATA_FIELD_INVALID when they are not what `movedEstimates` gives
 */
export function parseEstimates(stored: unknown): PassRateEstimates {
  const estimates = stored as PassRateEstimates
  const whole =
    stored !== null &&
    typeof stored === 'object' &&
    [estimates.groups, estimates.freedom, estimates.variance].every(
      (value) => Number.isFinite(value) && value >= 0,
    ) &&
    estimates.mean >= 0 &&
    estimates.mean <= 1
  if (!whole) {
    throw new GuerdonError('DATA_FIELD_INVALID', 'the state of running pass rates is damaged', {
      found: stored,
      expected: 'groups, freedom, mean and variance',
    })
  }
  return estimates
}
