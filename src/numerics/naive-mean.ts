/**
 * The mean of the scores that are there, on the scale from 0 to 1.
 * Source: paper 46, `reward_modelling/data_handler.py:_get_aggregate_reward`.
 */
import { GuerdonError } from '../records/error.ts'

/**
 * Mean of the valid scores divided by the largest possible one; null when fewer than `leastValid` are valid. Null,
 * undefined and NaN are missing.
 *
 * @param options.scale the largest possible score; 5 by default
 * @param options.leastValid 1 by default
 * @throws GuerdonError ARGUMENT_INVALID for a scale that is not above 0
 * @example naiveMean([5, null, 0]) // 0.5
 */
export function naiveMean(
  scores: readonly (number | null | undefined)[],
  options: { readonly scale?: number; readonly leastValid?: number } = {},
): number | null {
  const { scale = 5, leastValid = 1 } = options
  if (!(scale > 0))
    throw new GuerdonError('ARGUMENT_INVALID', 'a scale of scores must be above 0', { found: scale })
  let [sum, count] = [0, 0]
  for (const score of scores) {
    if (score == null || Number.isNaN(score)) continue
    sum += score
    count++
  }
  return count === 0 || count < leastValid ? null : sum / count / scale
}
