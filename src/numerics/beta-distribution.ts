/** The Beta distribution on [0, 1]: density and fit by moments. */
import { logBeta } from './gamma-function.ts'

export interface BetaParameters {
  readonly alpha: number
  readonly beta: number
}

/** a·ln x with 0·ln 0 = 0. */
function timesLog(factor: number, x: number): number {
  return factor === 0 ? 0 : factor * Math.log(x)
}

/**
 * Logarithm of the density: (α − 1)·ln x + (β − 1)·ln(1 − x) − ln B(α, β), with 0·ln 0 = 0.
 * For x in [0, 1], α, β > 0; −∞ where the density is 0, +∞ where it is infinite.
 *
 * @example betaLogDensity(0.5, { alpha: 1, beta: 1 }) // 0
 */
export function betaLogDensity(x: number, { alpha, beta }: BetaParameters): number {
  return timesLog(alpha - 1, x) + timesLog(beta - 1, 1 - x) - logBeta(alpha, beta)
}

/**
 * The parameters whose mean and variance are the given ones: c = m(1 − m)/v − 1, a = c·m, b = c·(1 − m).
 * Not positive where the variance is larger than any Beta distribution of that mean has; infinite for v = 0 and
 * NaN for v = 0 with a mean of 0 or 1, where no Beta distribution fits.
 *
 * @example betaFromMoments(0.5, 1 / 12) // { alpha: 1, beta: 1 }
 */
export function betaFromMoments(mean: number, variance: number): BetaParameters {
  const concentration = (mean * (1 - mean)) / variance - 1
  return { alpha: concentration * mean, beta: concentration * (1 - mean) }
}
