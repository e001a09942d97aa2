/**
 * Least-squares polynomials by orthogonal polynomials over the given points (Forsythe, 1957), which stay accurate
 * where the normal equations in powers of x do not.
 */
import { GuerdonError } from '../records/error.ts'

/**
 * Coefficients, highest power first, of the polynomial of a degree that is closest to the points in least squares.
 * @throws GuerdonError ARGUMENT_INVALID when there are too few different points for the degree
 *
 * @example fitPolynomial(Float64Array.of(0, 1, 2), Float64Array.of(1, 3, 5), 1) // ≈ [2, 1]
 */
export function fitPolynomial(x: Float64Array, y: Float64Array, degree: number): Float64Array {
  if (new Set(x).size <= degree || x.length !== y.length) {
    throw new GuerdonError('ARGUMENT_INVALID', `no polynomial of degree ${degree} is fixed by the points`, {
      expected: 'more different points than the degree, one value each',
      found: `${x.length} points, ${y.length} values`,
    })
  }
  const size = x.length
  // p holds the current orthogonal polynomial at the points; powers hold its coefficients, lowest first.
  let previous = new Float64Array(size)
  let current = new Float64Array(size).fill(1)
  let previousPowers = new Float64Array(degree + 1)
  let currentPowers = new Float64Array(degree + 1)
  currentPowers[0] = 1
  const result = new Float64Array(degree + 1)
  let previousNorm = 1
  for (let order = 0; order <= degree; order++) {
    let norm = 0
    let projection = 0
    let centre = 0
    for (let point = 0; point < size; point++) {
      const square = current[point]! * current[point]!
      norm += square
      projection += current[point]! * y[point]!
      centre += square * x[point]!
    }
    centre /= norm
    for (let power = 0; power <= order; power++) {
      result[power]! += (projection / norm) * currentPowers[power]!
    }
    const overlap = order === 0 ? 0 : norm / previousNorm
    const next = new Float64Array(size)
    for (let point = 0; point < size; point++) {
      next[point] = (x[point]! - centre) * current[point]! - overlap * previous[point]!
    }
    const nextPowers = new Float64Array(degree + 1)
    for (let power = 0; power <= degree; power++) {
      nextPowers[power] =
        (power === 0 ? 0 : currentPowers[power - 1]!) -
        centre * currentPowers[power]! -
        overlap * previousPowers[power]!
    }
    previous = current
    current = next
    previousPowers = currentPowers
    currentPowers = nextPowers
    previousNorm = norm
  }
  return result.reverse()
}
