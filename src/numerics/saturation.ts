/** Prompts whose rollouts all earn the same: they give no gradient. */
import { type Groups, membersOf } from './grouped.ts'

export interface Saturation {
  /** groups of at least two rollouts */
  readonly groups: number
  readonly singletons: number
  readonly zeroVariance: number
  /** of these, at the reward's maximum and minimum */
  readonly atTop: number
  readonly atBottom: number
  /** variance inside groups (n − 1), mean over groups; null without groups */
  readonly withinVariance: number | null
  /** variance of the groups' means (n − 1); null with fewer than two groups */
  readonly betweenVariance: number | null
  /** 1 for a group without spread */
  readonly flat: Uint8Array
}

const TOLERANCE = 1e-9

/**
 * Counts groups with max − min ≤ 1e-9, and the variance inside and between groups. Groups of one are counted apart.
 *
 * @param minimum lowest reward there is, `maximum` the highest
 * @example saturation(Float64Array.of(1, 1, 0, 1), { count: 2, of: Int32Array.of(0, 0, 1, 1) }, 0, 1).atTop // 1
 */
export function saturation(
  scores: Float64Array,
  groups: Groups,
  minimum: number,
  maximum: number,
): Saturation {
  const { offsets, rows } = membersOf(groups)
  const flat = new Uint8Array(groups.count)
  const means: number[] = []
  let singletons = 0
  let zeroVariance = 0
  let atTop = 0
  let atBottom = 0
  let variances = 0
  for (let group = 0; group < groups.count; group++) {
    const start = offsets[group]!
    const end = offsets[group + 1]!
    const size = end - start
    if (size < 2) {
      singletons += size
      continue
    }
    let least = Number.POSITIVE_INFINITY
    let largest = Number.NEGATIVE_INFINITY
    let mean = 0
    for (let at = start; at < end; at++) {
      const score = scores[rows[at]!]!
      least = Math.min(least, score)
      largest = Math.max(largest, score)
      mean += score / size
    }
    let squares = 0
    for (let at = start; at < end; at++) squares += (scores[rows[at]!]! - mean) ** 2
    variances += squares / (size - 1)
    means.push(mean)
    if (largest - least > TOLERANCE) continue
    flat[group] = 1
    zeroVariance++
    if (maximum - least <= TOLERANCE) atTop++
    else if (largest - minimum <= TOLERANCE) atBottom++
  }
  const meanOfMeans = means.reduce((sum, mean) => sum + mean, 0) / means.length
  const between = means.reduce((sum, mean) => sum + (mean - meanOfMeans) ** 2, 0) / (means.length - 1)
  return {
    groups: means.length,
    singletons,
    zeroVariance,
    atTop,
    atBottom,
    withinVariance: means.length > 0 ? variances / means.length : null,
    betweenVariance: means.length > 1 ? between : null,
    flat,
  }
}
