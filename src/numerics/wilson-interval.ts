/** Wilson's interval for a rate. */

const Z = 1.959963984540054

/**
 * The 95 % Wilson score interval of k successes in n trials, z = 1.959964:
 * (p̂ + z²/2n ± z·√(p̂(1 − p̂)/n + z²/4n²)) / (1 + z²/n), inside [0, 1]. n = 0 gives [0, 1].
 *
 * @example wilsonInterval(5, 10) // ≈ [0.2366, 0.7634]
 */
export function wilsonInterval(k: number, n: number): [number, number] {
  if (n === 0) return [0, 1]
  const rate = k / n
  const centre = rate + (Z * Z) / (2 * n)
  const half = Z * Math.sqrt((rate * (1 - rate)) / n + (Z * Z) / (4 * n * n))
  const scale = 1 + (Z * Z) / n
  return [Math.max(0, (centre - half) / scale), Math.min(1, (centre + half) / scale)]
}
