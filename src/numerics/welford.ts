/**
 * Running moments: count, mean, squared deviations and extremes of everything seen so far, in a few numbers that
 * survive JSON. Batches are merged exactly (Chan, Golub and LeVeque, 1979), so the order of batches and their cuts
 * change the result only by rounding.
 */
import { GuerdonError } from '../records/error.ts'

export interface RunningMoments {
  /** how many numbers were seen */
  readonly count: number
  /** their mean; 0 before the first */
  readonly mean: number
  /** sum of squared deviations from the mean */
  readonly squares: number
  /** the least and the greatest number seen; null before the first (JSON has no infinity) */
  readonly minimum: number | null
  readonly maximum: number | null
}

/** The moments of nothing. */
export const NO_MOMENTS: RunningMoments = Object.freeze({
  count: 0,
  mean: 0,
  squares: 0,
  minimum: null,
  maximum: null,
})

/** Moments of the valid entries of an array (two passes; equal values give exactly 0 squares). */
export function momentsOf(values: Float64Array, valid: Uint8Array): RunningMoments {
  let count = 0
  let sum = 0
  let minimum = Number.POSITIVE_INFINITY
  let maximum = Number.NEGATIVE_INFINITY
  for (let entry = 0; entry < values.length; entry++) {
    if (valid[entry] === 0) continue
    const value = values[entry]!
    count++
    sum += value
    if (value < minimum) minimum = value
    if (value > maximum) maximum = value
  }
  if (count === 0) return NO_MOMENTS
  // The mean of equal values must be that value: 0.1 + 0.1 + 0.1 divided by 3 is not 0.1.
  const mean = minimum === maximum ? minimum : sum / count
  let squares = 0
  for (let entry = 0; entry < values.length; entry++) {
    if (valid[entry] === 0) continue
    const deviation = values[entry]! - mean
    squares += deviation * deviation
  }
  // Adding 0 turns −0 into 0, which JSON would do anyway.
  return { count, mean: mean + 0, squares, minimum: minimum + 0, maximum: maximum + 0 }
}

/**
 * Moments of two disjoint sets of numbers from the moments of each:
 * mean = μ + δ·B/(n + B), squares = M + M_b + δ²·n·B/(n + B), δ = μ_b − μ.
 *
 * @example mergeMoments(momentsOf(Float64Array.of(1, 3), Uint8Array.of(1, 1)), NO_MOMENTS).mean // 2
 */
export function mergeMoments(seen: RunningMoments, batch: RunningMoments): RunningMoments {
  if (batch.count === 0) return seen
  if (seen.count === 0) return batch
  const count = seen.count + batch.count
  const difference = batch.mean - seen.mean
  return {
    count,
    mean: seen.mean + (difference * batch.count) / count,
    squares: seen.squares + batch.squares + difference * difference * ((seen.count / count) * batch.count),
    minimum: Math.min(seen.minimum!, batch.minimum!),
    maximum: Math.max(seen.maximum!, batch.maximum!),
  }
}

/** Variance of what was seen: biased (÷ n, 0 before the first), or unbiased (÷ n − 1, 0 before the second). */
export function varianceOf(moments: RunningMoments, kind: 'biased' | 'unbiased' = 'biased'): number {
  const divisor = kind === 'biased' ? moments.count : moments.count - 1
  return divisor > 0 ? moments.squares / divisor : 0
}

/**
 * Moments read back from JSON.
 * @throws GuerdonError DATA_FIELD_INVALID when they are not what `mergeMoments` writes
 */
export function parseMoments(stored: unknown): RunningMoments {
  const moments = stored as RunningMoments
  const whole =
    stored !== null &&
    typeof stored === 'object' &&
    Number.isSafeInteger(moments.count) &&
    moments.count >= 0 &&
    Number.isFinite(moments.mean) &&
    Number.isFinite(moments.squares) &&
    moments.squares >= 0 &&
    (moments.count === 0 || (Number.isFinite(moments.minimum) && Number.isFinite(moments.maximum)))
  if (!whole) {
    throw new GuerdonError('DATA_FIELD_INVALID', 'the state of a running shaping is damaged', {
      found: stored,
      expected: 'count, mean, squares, minimum and maximum',
    })
  }
  return moments
}
