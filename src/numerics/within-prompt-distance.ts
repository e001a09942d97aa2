/** How differently two rewards order answers inside prompts. */
import { type Groups, membersOf } from './grouped.ts'

export interface WithinPromptDistance {
  /** null when one column is constant inside every prompt */
  readonly correlation: number | null
  /** √(2 − 2ρ): 0 the same order, √2 unrelated, 2 opposite */
  readonly distance: number | null
  /** a prompt each: weighted Σab, Σa², Σb² */
  readonly sums: Float64Array
}

/**
 * STARC distance inside prompts: both columns are centred by prompt, a rollout weighs 1 / its prompt's size, ρ is their
 * weighted correlation and the distance √(2 − 2ρ). Source: card 07, STARC (arXiv 2309.15257), within-prompt form.
 *
 * @example withinPromptDistance(Float64Array.of(1, 2), Float64Array.of(3, 5), { count: 1, of: new Int32Array(2) }).distance // 0
 */
export function withinPromptDistance(a: Float64Array, b: Float64Array, groups: Groups): WithinPromptDistance {
  const { offsets, rows } = membersOf(groups)
  const sums = new Float64Array(3 * groups.count)
  const totals = [0, 0, 0] as [number, number, number]
  for (let group = 0; group < groups.count; group++) {
    const start = offsets[group]!
    const end = offsets[group + 1]!
    const size = end - start
    if (size < 2) continue
    let meanA = 0
    let meanB = 0
    for (let at = start; at < end; at++) {
      meanA += a[rows[at]!]! / size
      meanB += b[rows[at]!]! / size
    }
    for (let at = start; at < end; at++) {
      const gapA = a[rows[at]!]! - meanA
      const gapB = b[rows[at]!]! - meanB
      sums[3 * group]! += (gapA * gapB) / size
      sums[3 * group + 1]! += (gapA * gapA) / size
      sums[3 * group + 2]! += (gapB * gapB) / size
    }
    for (const entry of [0, 1, 2] as const) totals[entry] += sums[3 * group + entry]!
  }
  if (!(totals[1] > 1e-24 && totals[2] > 1e-24)) return { correlation: null, distance: null, sums }
  const rho = Math.max(-1, Math.min(1, totals[0] / Math.sqrt(totals[1] * totals[2])))
  return { correlation: rho, distance: Math.sqrt(2 - 2 * rho), sums }
}
