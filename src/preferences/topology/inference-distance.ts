/**
 * How uncertain a reward's differences are before any label is bought: the induced Bayesian network of paper 26.
 * Gaussian edges are resistors whose resistance is their variance; the inference distance of two replies is the
 * effective resistance between them. Source: arXiv 2402.10184, micro level, in the form that is exact for Gaussians.
 */
import { GuerdonError } from '../../records/error.ts'

/** An edge between two replies: how far apart similar replies' rewards are, or how noisy a label is. */
export interface VarianceEdge {
  readonly from: number
  readonly to: number
  /** above 0 */
  readonly variance: number
}

/** Variance of a label by a Bradley–Terry annotator of rationality β, π²/(3β²). @example labelVariance(1).toFixed(6) // '3.289868' */
export const labelVariance = (beta: number): number => Math.PI ** 2 / (3 * beta ** 2)

/**
 * Inference distances of all pairs of nodes: with L = Σ (e_a − e_b)(e_a − e_b)ᵀ / v and Z = (L + 11ᵀ/n)⁻¹,
 * d(a, b) = Z_aa + Z_bb − 2 Z_ab. Series paths add, parallel paths combine.
 *
 * @param nodes number of nodes n; cost n³/3
 * @returns n × n, row-major; Infinity between nodes that no path joins
 * @throws GuerdonError ARGUMENT_INVALID for an edge outside 0 … n − 1 or a variance that is not above 0
 * @example Array.from(inferenceDistances(3, [{ from: 0, to: 1, variance: 1 }, { from: 1, to: 2, variance: 2 }])).map((d) => Math.round(d)) // [0, 1, 3, 1, 0, 2, 3, 2, 0]
 */
export function inferenceDistances(nodes: number, edges: readonly VarianceEdge[]): Float64Array {
  const component = Int32Array.from({ length: nodes }, (_, node) => node)
  const root = (node: number): number => {
    let at = node
    while (component[at] !== at) at = component[at]!
    return at
  }
  const laplacian = new Float64Array(nodes * nodes)
  for (const { from, to, variance } of edges) {
    if (!(from >= 0 && from < nodes && to >= 0 && to < nodes) || !(variance > 0))
      throw new GuerdonError('ARGUMENT_INVALID', 'is no edge', {
        found: { from, to, variance },
        expected: `two nodes of 0 to ${nodes - 1} and a variance above 0`,
      })
    if (from === to) continue
    const weight = 1 / variance
    laplacian[from * nodes + from]! += weight
    laplacian[to * nodes + to]! += weight
    laplacian[from * nodes + to]! -= weight
    laplacian[to * nodes + from]! -= weight
    component[root(from)] = root(to)
  }
  // Each connected part gets its own constant, so that the matrix can be inverted also when the graph falls apart.
  const part = Int32Array.from({ length: nodes }, (_, node) => root(node))
  const members = new Map<number, number>()
  for (const own of part) members.set(own, (members.get(own) ?? 0) + 1)
  for (let a = 0; a < nodes; a++) {
    for (let b = 0; b < nodes; b++)
      if (part[a] === part[b]) laplacian[a * nodes + b]! += 1 / members.get(part[a]!)!
  }
  const inverse = invertPositiveDefinite(laplacian, nodes)
  const distances = new Float64Array(nodes * nodes)
  for (let a = 0; a < nodes; a++) {
    for (let b = 0; b < nodes; b++) {
      distances[a * nodes + b] =
        a === b
          ? 0
          : part[a] === part[b]
            ? inverse[a * nodes + a]! + inverse[b * nodes + b]! - 2 * inverse[a * nodes + b]!
            : Number.POSITIVE_INFINITY
    }
  }
  return distances
}

/** Mean inference distance of a set of nodes (all by default): the uncertainty of a labelling plan. */
export function meanInferenceDistance(
  distances: Float64Array,
  nodes: number,
  among: readonly number[] = Array.from({ length: nodes }, (_, node) => node),
): number {
  let sum = 0
  for (const a of among) for (const b of among) sum += a === b ? 0 : distances[a * nodes + b]!
  return sum / (among.length * (among.length - 1))
}

/** Inverse of a symmetric positive definite matrix by its Cholesky factor. */
function invertPositiveDefinite(matrix: Float64Array, n: number): Float64Array {
  const factor = Float64Array.from(matrix)
  for (let column = 0; column < n; column++) {
    for (let row = column; row < n; row++) {
      let sum = factor[row * n + column]!
      for (let k = 0; k < column; k++) sum -= factor[row * n + k]! * factor[column * n + k]!
      factor[row * n + column] = row === column ? Math.sqrt(sum) : sum / factor[column * n + column]!
    }
  }
  // Columns of the factor's inverse, then their products.
  const lower = new Float64Array(n * n)
  for (let column = 0; column < n; column++) {
    lower[column * n + column] = 1 / factor[column * n + column]!
    for (let row = column + 1; row < n; row++) {
      let sum = 0
      for (let k = column; k < row; k++) sum -= factor[row * n + k]! * lower[k * n + column]!
      lower[row * n + column] = sum / factor[row * n + row]!
    }
  }
  const inverse = new Float64Array(n * n)
  for (let a = 0; a < n; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0
      for (let k = a; k < n; k++) sum += lower[k * n + a]! * lower[k * n + b]!
      inverse[a * n + b] = sum
      inverse[b * n + a] = sum
    }
  }
  return inverse
}
