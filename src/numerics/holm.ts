/** Holm's correction for many tests. */

/**
 * Holm's adjusted p-values: the i-th smallest (from 0) times (m − i), made non-decreasing, at most 1; in the order given.
 *
 * @example holm([0.01, 0.5, 0.02]) // [0.03, 0.5, 0.04]
 */
export function holm(p: readonly number[]): number[] {
  const order = p.map((_, index) => index).sort((a, b) => p[a]! - p[b]!)
  const adjusted = new Array<number>(p.length)
  let floor = 0
  for (const [rank, index] of order.entries()) {
    floor = Math.max(floor, Math.min(1, (p.length - rank) * p[index]!))
    adjusted[index] = floor
  }
  return adjusted
}
