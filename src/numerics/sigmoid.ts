/**
 * The logistic function and its logarithms, computed so that nothing overflows and no small result is lost.
 * All of them take any double: ±∞ gives the limit, NaN gives NaN.
 */

/**
 * σ(x) = 1 / (1 + e^(−x)), in [0, 1]. Accurate for large negative x, where 1 − σ(−x) would be 0.
 *
 * @example sigmoid(0) // 0.5
 */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x))
  const exponential = Math.exp(x)
  return exponential / (1 + exponential)
}

/**
 * log σ(x) = −log(1 + e^(−x)), in [−∞, 0].
 *
 * @example logSigmoid(-60) // −60; logSigmoid(60) is −8.8e-27, not 0
 */
export function logSigmoid(x: number): number {
  return x >= 0 ? -Math.log1p(Math.exp(-x)) : x - Math.log1p(Math.exp(x))
}

/**
 * log(1 + e^x), in [0, ∞].
 *
 * @example softplus(0) // 0.6931471805599453
 */
export function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x))
}

/**
 * log(1 − e^x) for x ≤ 0: the log-probability of the complement of an event whose log-probability is x.
 * x = 0 gives −∞, x > 0 gives NaN. Both ends keep their digits (Mächler, 2012).
 *
 * @example logComplement(Math.log(0.25)) // log 0.75
 */
export function logComplement(x: number): number {
  return x > -Math.LN2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x))
}
