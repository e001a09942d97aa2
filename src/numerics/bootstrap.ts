/** Percentile intervals by drawing prompts with replacement: the prompt, not the rollout, is the unit. */
import { quantile } from './quantile.ts'
import type { RandomStream } from './random.ts'

/**
 * 95 % percentile interval of a statistic that depends on sums over prompts. `sums` holds `width` numbers a prompt;
 * each draw adds up as many prompts as there are, drawn with replacement, and hands the totals to `statistic`.
 * Draws whose statistic is not finite are left out; null when fewer than half are left or there is no prompt.
 *
 * @param draws number of resamples, 2,000 unless told
 * @example bootstrapInterval(Float64Array.of(1, 1, 1), 1, (total) => total[0] / 3, new RandomStream(1)) // [1, 1]
 */
export function bootstrapInterval(
  sums: Float64Array,
  width: number,
  statistic: (totals: Float64Array) => number,
  stream: RandomStream,
  draws = 2000,
): [number, number] | null {
  const prompts = sums.length / width
  if (prompts === 0) return null
  const found = new Float64Array(draws)
  const totals = new Float64Array(width)
  let count = 0
  for (let draw = 0; draw < draws; draw++) {
    totals.fill(0)
    for (let pick = 0; pick < prompts; pick++) {
      const at = stream.below(prompts) * width
      for (let entry = 0; entry < width; entry++) totals[entry]! += sums[at + entry]!
    }
    const value = statistic(totals)
    if (Number.isFinite(value)) found[count++] = value
  }
  if (count < draws / 2) return null
  return [quantile(found, 0, count, 0.025), quantile(found, 0, count, 0.975)]
}
