/** The regularised incomplete beta function, and the tails of Student's t and of the binomial that follow from it. */
import { GuerdonError } from '../records/error.ts'
import { logBeta } from './gamma-function.ts'

/** Lentz's continued fraction of I_x(a, b), which converges quickly for x below (a + 1) / (a + b + 2). */
function fraction(x: number, a: number, b: number): number {
  const tiny = 1e-300
  let c = 1
  let d = 1 - ((a + b) * x) / (a + 1)
  d = 1 / (Math.abs(d) < tiny ? tiny : d)
  let value = d
  for (let term = 1; term <= 1000; term++) {
    for (const odd of [false, true]) {
      const factor = odd
        ? (-(a + term) * (a + b + term) * x) / ((a + 2 * term) * (a + 2 * term + 1))
        : (term * (b - term) * x) / ((a + 2 * term - 1) * (a + 2 * term))
      d = 1 + factor * d
      d = 1 / (Math.abs(d) < tiny ? tiny : d)
      c = 1 + factor / c
      if (Math.abs(c) < tiny) c = tiny
      value *= c * d
    }
    if (Math.abs(c * d - 1) < 1e-15) break
  }
  return value
}

/**
 * I_x(a, b) = ∫₀ˣ t^(a−1) (1 − t)^(b−1) dt / B(a, b), in [0, 1], for positive a and b (Abramowitz & Stegun 26.5.8).
 * @throws GuerdonError ARGUMENT_INVALID for x outside [0, 1] or a, b that are not positive
 *
 * @example incompleteBeta(0.25, 1, 1) // ≈ 0.25
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (!(x >= 0 && x <= 1 && a > 0 && b > 0)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'the incomplete beta function has no value there', {
      expected: 'x from 0 to 1, and positive a and b',
      found: `x = ${x}, a = ${a}, b = ${b}`,
    })
  }
  if (x === 0 || x === 1) return x
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b))
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b
}

/**
 * Two-sided p of Student's t with df degrees of freedom: P(|T| ≥ |t|) = I_{df/(df + t²)}(df/2, ½).
 *
 * @example studentTwoSided(0, 10) // 1
 */
export function studentTwoSided(t: number, df: number): number {
  return incompleteBeta(df / (df + t * t), df / 2, 0.5)
}

/**
 * Exact two-sided binomial test of k successes in n fair trials: twice the smaller tail, at most 1. 1 for n = 0.
 *
 * @example fairBinomialTest(9, 10) // ≈ 0.0215
 */
export function fairBinomialTest(k: number, n: number): number {
  const extreme = Math.max(k, n - k)
  // P(K ≥ extreme) = I_{1/2}(extreme, n − extreme + 1)
  return n === 0 ? 1 : Math.min(1, 2 * incompleteBeta(0.5, extreme, n - extreme + 1))
}
