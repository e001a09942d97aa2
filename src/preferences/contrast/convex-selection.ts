/**
 * ConvexDA's choice among reworded variants of an answer: those that differ most, the corners of the convex hull of
 * their embeddings in the plane of the first two principal components. Source: paper 32; the authors' DA_convex.py.
 */
import { symmetricEigen } from '../../numerics/symmetric-eigen.ts'
import { GuerdonError } from '../../records/error.ts'

export interface ConvexSelection {
  /** indices of the corners, ascending; of equal embeddings the first stands for all */
  readonly vertices: readonly number[]
  /** n × 2, coordinates in the plane; the signs of the axes are arbitrary */
  readonly plane: Float64Array
  readonly area: number
}

/** Below this share of the first axis' spread the second is rounding: the points lie on a line. */
const LINE = 1e-12

/**
 * Corners of the hull of n embeddings. Fewer than three different points, or points on a line, have no hull: then the
 * two extremes of the first component are returned.
 *
 * @param embeddings n × width, row-major
 * @throws GuerdonError DATA_EMPTY without embeddings
 */
export function convexSelection(embeddings: ArrayLike<number>, width: number): ConvexSelection {
  const n = embeddings.length / width
  if (n < 1) throw new GuerdonError('DATA_EMPTY', 'there are no variants to choose from')
  const mean = new Float64Array(width)
  for (let row = 0; row < n; row++)
    for (let column = 0; column < width; column++) mean[column]! += embeddings[row * width + column]! / n
  const gram = new Float64Array(n * n)
  for (let a = 0; a < n; a++)
    for (let b = 0; b <= a; b++) {
      let sum = 0
      for (let column = 0; column < width; column++)
        sum +=
          (embeddings[a * width + column]! - mean[column]!) *
          (embeddings[b * width + column]! - mean[column]!)
      gram[a * n + b] = sum
      gram[b * n + a] = sum
    }
  const { values, vectors } = symmetricEigen(gram, n)
  const plane = new Float64Array(2 * n)
  for (let axis = 0; axis < Math.min(2, n); axis++) {
    const length = Math.sqrt(Math.max(0, values[axis]!))
    for (let row = 0; row < n; row++) plane[2 * row + axis] = length * vectors[axis * n + row]!
  }
  const seen = new Set<string>()
  const different = Array.from({ length: n }, (_, row) => row).filter((row) => {
    const key = Array.from({ length: width }, (_, column) => embeddings[row * width + column]).join()
    return seen.size < seen.add(key).size
  })
  const flat = n < 2 || values[1]! <= LINE * values[0]!
  if (different.length < 3 || flat) {
    const along = [...different].sort((a, b) => plane[2 * a]! - plane[2 * b]!)
    const vertices = [...new Set([along[0]!, along.at(-1)!])].sort((a, b) => a - b)
    return { vertices, plane, area: 0 }
  }
  const corners = hull(different, plane)
  let twice = 0
  corners.forEach((a, index) => {
    const b = corners[(index + 1) % corners.length]!
    twice += plane[2 * a]! * plane[2 * b + 1]! - plane[2 * b]! * plane[2 * a + 1]!
  })
  return { vertices: [...corners].sort((a, b) => a - b), plane, area: Math.abs(twice) / 2 }
}

/** Andrew's monotone chain: corners in order around the hull. */
function hull(rows: readonly number[], plane: Float64Array): number[] {
  const order = [...rows].sort(
    (a, b) => plane[2 * a]! - plane[2 * b]! || plane[2 * a + 1]! - plane[2 * b + 1]!,
  )
  const turn = (a: number, b: number, c: number): number =>
    (plane[2 * b]! - plane[2 * a]!) * (plane[2 * c + 1]! - plane[2 * a + 1]!) -
    (plane[2 * b + 1]! - plane[2 * a + 1]!) * (plane[2 * c]! - plane[2 * a]!)
  const half = (points: readonly number[]): number[] => {
    const chain: number[] = []
    for (const point of points) {
      while (chain.length >= 2 && turn(chain.at(-2)!, chain.at(-1)!, point) <= 0) chain.pop()
      chain.push(point)
    }
    chain.pop()
    return chain
  }
  return [...half(order), ...half([...order].reverse())]
}
