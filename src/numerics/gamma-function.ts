/** Logarithm of the gamma function for positive arguments. */
import { GuerdonError } from '../records/error.ts'

const HALF_LOG_TWO_PI = Math.log(2 * Math.PI) / 2

/** B₂ₖ / (2k(2k − 1)) for k = 1 … 8, the coefficients of Stirling's series. */
const STIRLING = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360360,
  1 / 156,
  -3617 / 122400,
] as const

/**
 * ln Γ(x) for x > 0: the recurrence Γ(x + 1) = x·Γ(x) up to x ≥ 10, then Stirling's series (Abramowitz & Stegun
 * 6.1.41). Relative error below 1e-13 of max(1, |result|); +∞ gives +∞.
 *
 * @throws GuerdonError ARGUMENT_INVALID if x is not positive
 * @example logGamma(5) // ln 24 ≈ 3.1781
 */
export function logGamma(x: number): number {
  if (!(x > 0)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'the logarithm of the gamma function has no value there', {
      expected: 'a positive number',
      found: x,
    })
  }
  if (x === Number.POSITIVE_INFINITY) return x
  let shift = 1
  let argument = x
  while (argument < 10) {
    shift *= argument
    argument++
  }
  const inverse = 1 / argument
  const square = inverse * inverse
  let series = 0
  for (let term = STIRLING.length - 1; term >= 0; term--) series = series * square + STIRLING[term]!
  return (
    (argument - 0.5) * Math.log(argument) - argument + HALF_LOG_TWO_PI + series * inverse - Math.log(shift)
  )
}

/** ln B(α, β) = ln Γ(α) + ln Γ(β) − ln Γ(α + β), for positive α and β. */
export function logBeta(alpha: number, beta: number): number {
  return logGamma(alpha) + logGamma(beta) - logGamma(alpha + beta)
}
