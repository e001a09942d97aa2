/** How much a reward moves, and how often it changes its order, under edits that keep the meaning. */
import { centreWithin, occupiedGroups } from './centre-within.ts'
import { type Groups, membersOf } from './grouped.ts'

export interface Perturbation {
  /** √(Σx̃² / (N − G)) of the base scores */
  readonly withinStd: number | null
  readonly meanShift: number
  readonly meanAbsolute: number
  /** shifts in units of withinStd; null when that is 0 */
  readonly relativeShift: number | null
  readonly relativeAbsolute: number | null
  /** share of pairs of a prompt with different base scores whose order turns; a new tie counts ½; null without pairs */
  readonly flipRate: number | null
}

/**
 * Compares the scores of rollouts with the scores of their edited versions.
 *
 * @example perturbation(Float64Array.of(1, 2), Float64Array.of(2, 1), { count: 1, of: new Int32Array(2) }).flipRate // 1
 */
export function perturbation(base: Float64Array, perturbed: Float64Array, groups: Groups): Perturbation {
  const size = base.length
  const centred = centreWithin(base, groups)
  let squares = 0
  let shift = 0
  let absolute = 0
  for (let row = 0; row < size; row++) {
    squares += centred[row]! ** 2
    shift += (perturbed[row]! - base[row]!) / size
    absolute += Math.abs(perturbed[row]! - base[row]!) / size
  }
  const df = size - occupiedGroups(groups)
  const withinStd = df > 0 ? Math.sqrt(squares / df) : null
  const { offsets, rows } = membersOf(groups)
  let pairs = 0
  let flips = 0
  for (let group = 0; group < groups.count; group++) {
    for (let one = offsets[group]!; one < offsets[group + 1]!; one++) {
      for (let other = one + 1; other < offsets[group + 1]!; other++) {
        const before = Math.sign(base[rows[one]!]! - base[rows[other]!]!)
        if (before === 0) continue
        const after = Math.sign(perturbed[rows[one]!]! - perturbed[rows[other]!]!)
        pairs++
        if (after !== before) flips += after === 0 ? 0.5 : 1
      }
    }
  }
  const relative = (value: number): number | null =>
    withinStd !== null && withinStd > 0 ? value / withinStd : null
  return {
    withinStd,
    meanShift: shift,
    meanAbsolute: absolute,
    relativeShift: relative(shift),
    relativeAbsolute: relative(absolute),
    flipRate: pairs > 0 ? flips / pairs : null,
  }
}
