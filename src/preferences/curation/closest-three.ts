/** One label out of several annotations: the three that lie closest together. */
import { GuerdonError } from '../../records/error.ts'

export interface ClosestThree {
  /** the three annotations, ascending */
  readonly three: readonly [number, number, number]
  /** largest minus smallest of the three */
  readonly spread: number
  readonly mean: number
  /** the mean, rounded half away from zero */
  readonly strength: number
  /** whether the spread is within bounds and the strength says which reply is better */
  readonly keep: boolean
}

/**
 * Takes the window of three sorted annotations with the smallest spread (the first on ties) and rounds its mean half
 * away from zero; the task is kept when the spread is at most `maxSpread` and the result is not 0. Annotations are
 * signed strengths, in the paper −3 … 3. Source: paper 25, section on data (aggregation as its card defines it).
 *
 * @throws GuerdonError ARGUMENT_INVALID for fewer than three annotations or one that is not finite
 * @example closestThree([-3, 1, 2, 2, 3]).strength // 2
 */
export function closestThree(annotations: ArrayLike<number>, maxSpread = 2): ClosestThree {
  const sorted = Float64Array.from(annotations).sort()
  if (sorted.length < 3 || !sorted.every(Number.isFinite)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'three annotations are needed', {
      found: Array.from(annotations),
      expected: 'at least three finite numbers',
    })
  }
  let start = 0
  for (let at = 1; at + 2 < sorted.length; at++) {
    if (sorted[at + 2]! - sorted[at]! < sorted[start + 2]! - sorted[start]!) start = at
  }
  const [low, middle, high] = [sorted[start]!, sorted[start + 1]!, sorted[start + 2]!]
  const mean = (low + middle + high) / 3
  const rounded = Math.floor(Math.abs(mean) + 0.5)
  const strength = rounded === 0 ? 0 : Math.sign(mean) * rounded
  const spread = high - low
  return { three: [low, middle, high], spread, mean, strength, keep: spread <= maxSpread && strength !== 0 }
}
