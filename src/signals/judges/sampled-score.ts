/** One score out of several samples of a judge or a critic. */

/**
 * Mean of the scores of several sampled critiques of one completion; samples that could not be read (null, not finite)
 * are left out. Undefined when none is left: no score is not a score of 0. Source: paper 08 (MM-RLHF), inference, where
 * averaging samples did not help.
 *
 * @example meanOfSamples([0.1, null, 0.3]) // 0.2
 */
export function meanOfSamples(scores: readonly (number | null | undefined)[]): number | undefined {
  let sum = 0
  let count = 0
  for (const score of scores) {
    if (score === null || score === undefined || !Number.isFinite(score)) continue
    sum += score
    count++
  }
  return count === 0 ? undefined : sum / count
}
