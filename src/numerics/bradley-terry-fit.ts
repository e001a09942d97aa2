/** A linear Bradley–Terry reward with a Gaussian prior, by Newton’s method: for few columns, few or many pairs. */
import { GuerdonError } from '../records/error.ts'
import { sigmoid } from './sigmoid.ts'

export interface BradleyTerryFitOptions {
  /** centre of the prior; zeros unless told */
  readonly mean?: ArrayLike<number>
  /** precision of the prior, above 0: one number, or one a column; 1 unless told */
  readonly precision?: number | ArrayLike<number>
  /** most Newton steps; 25 unless told */
  readonly steps?: number
}

/** Solves A·x = b for a symmetric positive definite A (lower triangle read, overwritten), in place of b. */
function solveByCholesky(matrix: Float64Array, right: Float64Array): void {
  const size = right.length
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = matrix[row * size + column]!
      for (let at = 0; at < column; at++) sum -= matrix[row * size + at]! * matrix[column * size + at]!
      matrix[row * size + column] = row === column ? Math.sqrt(sum) : sum / matrix[column * size + column]!
    }
  }
  for (let row = 0; row < size; row++) {
    let sum = right[row]!
    for (let at = 0; at < row; at++) sum -= matrix[row * size + at]! * right[at]!
    right[row] = sum / matrix[row * size + row]!
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = right[row]!
    for (let at = row + 1; at < size; at++) sum -= matrix[at * size + row]! * right[at]!
    right[row] = sum / matrix[row * size + row]!
  }
}

/**
 * The weights w that maximise Σ_i log σ(w·d_i) − ½ Σ_j λ_j·(w_j − m_j)², with d_i = features of chosen − rejected:
 * Bradley–Terry with a Gaussian prior, the maximum a posteriori. N rows × `columns`, row-major; without rows the
 * prior's centre. The objective is strictly concave, so the maximum is unique; steps are halved until it grows.
 *
 * @throws GuerdonError ARGUMENT_INVALID for rows that do not divide into columns, a prior of another length, a precision
 *   that is not above 0, or a difference that is not finite
 * @example bradleyTerryFit([], 2, { mean: [1, 0] }) // Float64Array [1, 0]
 */
export function bradleyTerryFit(
  differences: ArrayLike<number>,
  columns: number,
  options: BradleyTerryFitOptions = {},
): Float64Array {
  const { steps = 25 } = options
  const rows = differences.length / columns
  const given = options.precision ?? 1
  const precision = Float64Array.from({ length: columns }, (_, column) =>
    typeof given === 'number' ? given : given[column]!,
  )
  const mean = Float64Array.from({ length: columns }, (_, column) => options.mean?.[column] ?? 0)
  if (
    !(Number.isInteger(rows) && columns >= 1) ||
    precision.some((value) => !(value > 0 && Number.isFinite(value))) ||
    (typeof given !== 'number' && given.length !== columns) ||
    (options.mean !== undefined && options.mean.length !== columns)
  )
    throw new GuerdonError('ARGUMENT_INVALID', 'the pairs and the prior do not fit together', {
      found: `${differences.length} differences, ${columns} columns`,
      expected: 'whole rows, and a centre and a precision above 0 for each column',
    })
  for (let at = 0; at < differences.length; at++)
    if (!Number.isFinite(differences[at]))
      throw new GuerdonError(
        'ARGUMENT_INVALID',
        `the difference of pair ${Math.floor(at / columns)} is not finite`,
        {
          found: differences[at],
        },
      )

  const marginOf = (weights: Float64Array, row: number): number => {
    let margin = 0
    for (let column = 0; column < columns; column++)
      margin += weights[column]! * differences[row * columns + column]!
    return margin
  }
  const loss = (weights: Float64Array): number => {
    let sum = 0
    for (let row = 0; row < rows; row++) {
      const margin = marginOf(weights, row)
      sum += Math.max(-margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)))
    }
    for (let column = 0; column < columns; column++)
      sum += 0.5 * precision[column]! * (weights[column]! - mean[column]!) ** 2
    return sum
  }

  let weights = mean
  let current = loss(weights)
  const curvature = new Float64Array(columns * columns)
  const slope = new Float64Array(columns)
  for (let step = 0; step < steps; step++) {
    curvature.fill(0)
    for (let column = 0; column < columns; column++) {
      slope[column] = -precision[column]! * (weights[column]! - mean[column]!)
      curvature[column * columns + column] = precision[column]!
    }
    for (let row = 0; row < rows; row++) {
      const wrong = sigmoid(-marginOf(weights, row))
      const weight = wrong * (1 - wrong)
      for (let one = 0; one < columns; one++) {
        const difference = differences[row * columns + one]!
        // Differences of interactions are mostly 0.
        if (difference === 0) continue
        slope[one]! += wrong * difference
        const scaled = weight * difference
        for (let other = 0; other <= one; other++)
          curvature[one * columns + other]! += scaled * differences[row * columns + other]!
      }
    }
    solveByCholesky(curvature, slope)
    let share = 1
    let next = weights
    let reached = Number.POSITIVE_INFINITY
    for (; share > 1e-6; share /= 2) {
      next = weights.map((value, column) => value + share * slope[column]!)
      reached = loss(next)
      if (reached <= current) break
    }
    if (!(reached <= current)) break
    const gained = current - reached
    weights = next
    current = reached
    if (gained <= 1e-12 * (1 + Math.abs(current))) break
  }
  return weights
}
