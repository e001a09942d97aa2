/**
 * How columns move together inside groups. What differs between prompts (an easy one, a hard one) cancels in a group's
 * comparison, so only what differs inside a group can decide an advantage.
 */
import { type Groups, membersOf } from '../../../numerics/grouped.ts'

/** Squares below this share of what the scaled columns could have are residue of rounding. */
const RESIDUE = 1e-20

/**
 * The correlation of every two columns after the mean of its group is taken from each value, over the rows where
 * both are valid: `r = Σ (x − x̄_g)(y − ȳ_g) / √(Σ (x − x̄_g)² · Σ (y − ȳ_g)²)`, groups of one valid row left out.
 * The squared correlation with the reward is the share of the reward's variance inside groups that a column explains
 * by a line.
 *
 * @param columns k columns of one length; NaN = invalid
 * @returns k × k, row-major, symmetric; NaN where one of the two does not vary inside any group
 */
export function withinCorrelations(columns: readonly Float64Array[], groups: Groups): Float64Array {
  const { offsets, rows } = membersOf(groups)
  const size = columns.length
  const centred = columns.map((column) => centre(column, offsets, rows))
  const result = new Float64Array(size * size)
  for (let a = 0; a < size; a++) {
    for (let b = a; b < size; b++) {
      const x = centred[a]!
      const y = centred[b]!
      const value = x.isWhole && y.isWhole ? dense(x.values, y.values) : paired(x.values, y.values, offsets)
      result[a * size + b] = value
      result[b * size + a] = value
    }
  }
  return result
}

interface Centred {
  /** group by group, minus the group's mean, scaled to at most 1; NaN = invalid */
  readonly values: Float64Array
  /** no entry is invalid */
  readonly isWhole: boolean
}

function centre(column: Float64Array, offsets: Int32Array, rows: Int32Array): Centred {
  const values = new Float64Array(rows.length)
  let isWhole = true
  let bound = 0
  for (let group = 0; group + 1 < offsets.length; group++) {
    const start = offsets[group]!
    const end = offsets[group + 1]!
    let valid = 0
    let mean = 0
    let least = Number.POSITIVE_INFINITY
    let largest = Number.NEGATIVE_INFINITY
    for (let place = start; place < end; place++) {
      const value = column[rows[place]!]!
      values[place] = value
      if (Number.isNaN(value)) {
        isWhole = false
        continue
      }
      valid++
      mean += (value - mean) / valid
      if (value < least) least = value
      if (value > largest) largest = value
    }
    // Equal values are exactly 0 apart, also where their mean is not exactly one of them.
    if (least === largest) mean = least
    for (let place = start; place < end; place++) {
      values[place]! -= mean
      const distance = Math.abs(values[place]!)
      if (distance > bound) bound = distance
    }
  }
  if (bound > 0 && Number.isFinite(bound))
    for (let place = 0; place < values.length; place++) values[place]! /= bound
  return { values, isWhole }
}

function ratio(both: number, x: number, y: number, count: number): number {
  if (!(x > RESIDUE * count) || !(y > RESIDUE * count)) return Number.NaN
  return Math.max(-1, Math.min(1, both / Math.sqrt(x * y)))
}

function dense(x: Float64Array, y: Float64Array): number {
  let both = 0
  let squaresX = 0
  let squaresY = 0
  for (let place = 0; place < x.length; place++) {
    both += x[place]! * y[place]!
    squaresX += x[place]! * x[place]!
    squaresY += y[place]! * y[place]!
  }
  return ratio(both, squaresX, squaresY, x.length)
}

/** Rows where only one of the two is valid move the means of the others: each group is centred again. */
function paired(x: Float64Array, y: Float64Array, offsets: Int32Array): number {
  let both = 0
  let squaresX = 0
  let squaresY = 0
  for (let group = 0; group + 1 < offsets.length; group++) {
    let valid = 0
    let sumX = 0
    let sumY = 0
    let products = 0
    let ownX = 0
    let ownY = 0
    for (let place = offsets[group]!; place < offsets[group + 1]!; place++) {
      const a = x[place]!
      const b = y[place]!
      const product = a * b
      if (Number.isNaN(product)) continue
      valid++
      sumX += a
      sumY += b
      products += product
      ownX += a * a
      ownY += b * b
    }
    if (valid < 2) continue
    both += products - (sumX * sumY) / valid
    squaresX += Math.max(0, ownX - (sumX * sumX) / valid)
    squaresY += Math.max(0, ownY - (sumY * sumY) / valid)
  }
  return ratio(both, squaresX, squaresY, x.length)
}
