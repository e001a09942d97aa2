/** Correlation of two columns inside prompts, with other columns held equal. */
import { centreWithin, occupiedGroups } from './centre-within.ts'
import type { Groups } from './grouped.ts'
import { studentTwoSided } from './incomplete-beta.ts'

export interface PartialCorrelation {
  /** in [−1, 1]; null when a side is constant or nothing is left to estimate it from */
  readonly r: number | null
  /** N − G − 1 − controls */
  readonly df: number
  readonly t: number | null
  /** two-sided */
  readonly p: number | null
  /** reward units for one unit of the attribute */
  readonly slope: number | null
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let row = 0; row < a.length; row++) sum += a[row]! * b[row]!
  return sum
}

function subtract(from: Float64Array, direction: Float64Array, factor: number): void {
  for (let row = 0; row < from.length; row++) from[row]! -= factor * direction[row]!
}

/** What is left of a squared length below this share has only rounding in it. */
const NOTHING_LEFT = 1e-12

/**
 * Partial correlation r of reward and attribute inside groups: both and the controls are centred by group, reward and
 * attribute are residualised on the controls by least squares (modified Gram–Schmidt, so collinear controls do no
 * harm), r = Σỹx̃ / √(Σỹ²·Σx̃²), t = r·√(df / (1 − r²)).
 * Numbers must be finite, one a row. A constant side or df < 1 gives null, never 0.
 *
 * @example partialCorrelation(Float64Array.of(1, 2, 3, 5), Float64Array.of(1, 2, 3, 4), [], { count: 1, of: new Int32Array(4) }).df // 2
 */
export function partialCorrelation(
  reward: Float64Array,
  attribute: Float64Array,
  controls: readonly Float64Array[],
  groups: Groups,
): PartialCorrelation {
  const df = reward.length - occupiedGroups(groups) - 1 - controls.length
  const y = centreWithin(reward, groups)
  const x = centreWithin(attribute, groups)
  const squaresBefore = [dot(y, y), dot(x, x)] as const
  const basis: Float64Array[] = []
  for (const control of controls) {
    const z = centreWithin(control, groups)
    const before = dot(z, z)
    for (const direction of basis) subtract(z, direction, dot(z, direction) / dot(direction, direction))
    if (dot(z, z) > NOTHING_LEFT * before) basis.push(z)
  }
  for (const direction of basis) {
    const length = dot(direction, direction)
    subtract(y, direction, dot(y, direction) / length)
    subtract(x, direction, dot(x, direction) / length)
  }
  const squaresY = dot(y, y)
  const squaresX = dot(x, x)
  const constant = squaresY <= NOTHING_LEFT * squaresBefore[0] || squaresX <= NOTHING_LEFT * squaresBefore[1]
  if (constant || df < 1) return { r: null, df, t: null, p: null, slope: null }
  const product = dot(y, x)
  const r = Math.max(-1, Math.min(1, product / Math.sqrt(squaresY * squaresX)))
  // A perfect correlation has no finite t; the largest double stands for it.
  const t = 1 - r * r > 0 ? r * Math.sqrt(df / (1 - r * r)) : Math.sign(r) * Number.MAX_VALUE ** 0.5
  return { r, df, t, p: studentTwoSided(t, df), slope: product / squaresX }
}
