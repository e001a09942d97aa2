/** The checkpoint after which reward goes on rising and quality falls. */

export interface ProxyGoldDivergence {
  /** gold as a centred mean of three, of two at the ends */
  readonly smoothed: Float64Array
  /** index of the highest smoothed gold, the first of equal ones */
  readonly peak: number
  readonly drop: number
  /** what the drop must exceed: max(2·SE, 10 % of the rise) */
  readonly required: number
  readonly diverged: boolean
}

/** The centred mean of three; the ends have two entries, a single entry stays. */
export function smoothedByThree(values: Float64Array): Float64Array {
  return values.map((value, index) => {
    const before = values[index - 1]
    const after = values[index + 1]
    return (
      (value + (before ?? 0) + (after ?? 0)) /
      (1 + Number(before !== undefined) + Number(after !== undefined))
    )
  })
}

/**
 * Whether gold has fallen since its peak while the proxy went on rising: smoothed gold falls from its peak to the last
 * checkpoint by more than max(2·SE, 10 % of its rise from the first) and proxy_end > proxy_peak.
 *
 * @param proxy one mean a checkpoint
 * @param gold one mean a checkpoint
 * @param standardError of a mean of gold
 * @example proxyGoldDivergence(Float64Array.of(0, 1, 2, 3), Float64Array.of(0, 9, 2, 0), 0.1).diverged // true
 */
export function proxyGoldDivergence(
  proxy: Float64Array,
  gold: Float64Array,
  standardError: number,
): ProxyGoldDivergence {
  const smoothed = smoothedByThree(gold)
  let peak = 0
  for (let index = 1; index < smoothed.length; index++) if (smoothed[index]! > smoothed[peak]!) peak = index
  const drop = smoothed[peak]! - smoothed.at(-1)!
  const required = Math.max(2 * standardError, 0.1 * (smoothed[peak]! - smoothed[0]!))
  return { smoothed, peak, drop, required, diverged: drop > required && proxy.at(-1)! > proxy[peak]! }
}
