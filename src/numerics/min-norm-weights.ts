/**
 * The point of least norm in the convex hull of vectors, by Frank–Wolfe: the direction in which several gradients can
 * be followed at once. Source: MGDA (Désidéri, 2012; Sener and Koltun, 2018); paper 43, MORE
 * `min_norm_solvers.py:find_min_norm_element_FW`.
 */
import { GuerdonError } from '../records/error.ts'

/** A line search that ends outside (0, 1) stays this far inside, so that no vector is lost for good. */
const INSIDE = 0.001

const ITERATIONS = 1000
const LEAST_CHANGE = 1e-5

/**
 * The point of least norm between two vectors, from their products: γ·v₁ + (1 − γ)·v₂. In between
 * γ = (c − b)/(a + c − 2b) with a = ⟨v₁,v₁⟩, b = ⟨v₁,v₂⟩, c = ⟨v₂,v₂⟩ and ‖·‖² = c + γ(b − c); at an end γ is 0.999
 * (cost a) or 0.001 (cost c).
 *
 * @example minNormTwo(1, 0, 1) // { gamma: 0.5, cost: 0.5 }
 */
export function minNormTwo(
  a: number,
  b: number,
  c: number,
): { readonly gamma: number; readonly cost: number } {
  if (b >= a) return { gamma: 1 - INSIDE, cost: a }
  if (b >= c) return { gamma: INSIDE, cost: c }
  const gamma = (c - b) / (a + c - 2 * b)
  return { gamma, cost: c + gamma * (b - c) }
}

export interface MinNormWeights {
  /** not negative, sum 1 */
  readonly weights: Float64Array
  /** ‖Σ weights·vectors‖² as the last line search predicted it */
  readonly cost: number
  /** ‖Σ weights·vectors‖² of the weights that are returned */
  readonly normSquared: number
}

/**
 * Weights λ ≥ 0, Σλ = 1, that make ‖Σ λ_i·v_i‖² small: exact for up to two vectors, else Frank–Wolfe from the best
 * pair, at most 1,000 steps, until a step changes the weights by less than 1e-5 in sum. Steps stay 0.001 away from
 * their ends, so compare results by norm, not by weight.
 *
 * @param vectors at least one, of equal length, finite
 * @throws GuerdonError ARGUMENT_INVALID for no vectors, unequal lengths or a number that is not finite
 * @example minNormWeights([[1, 0], [0, 1]]).weights // Float64Array [0.5, 0.5]
 */
export function minNormWeights(vectors: readonly ArrayLike<number>[]): MinNormWeights {
  const gram = gramMatrix(vectors)
  const count = vectors.length
  const weights = new Float64Array(count)
  if (count === 1) {
    weights[0] = 1
    return { weights, cost: gram[0]!, normSquared: gram[0]! }
  }
  let cost = bestPair(gram, count, weights)
  if (count === 2) return { weights, cost, normSquared: quadratic(gram, weights, weights) }
  const products = new Float64Array(count)
  for (let step = 0; step < ITERATIONS; step++) {
    let vertex = 0
    for (let i = 0; i < count; i++) {
      let sum = 0
      for (let j = 0; j < count; j++) sum += gram[i * count + j]! * weights[j]!
      products[i] = sum
      if (sum < products[vertex]!) vertex = i
    }
    const found = minNormTwo(
      quadratic(gram, weights, weights),
      products[vertex]!,
      gram[vertex * count + vertex]!,
    )
    cost = found.cost
    let change = 0
    for (let i = 0; i < count; i++)
      change += Math.abs((i === vertex ? 1 - found.gamma : 0) + (found.gamma - 1) * weights[i]!)
    if (change < LEAST_CHANGE) break
    for (let i = 0; i < count; i++) weights[i] = found.gamma * weights[i]!
    weights[vertex]! += 1 - found.gamma
  }
  return { weights, cost, normSquared: quadratic(gram, weights, weights) }
}

/** All products of the vectors, row-major. */
export function gramMatrix(vectors: readonly ArrayLike<number>[]): Float64Array {
  const count = vectors.length
  const width = vectors[0]?.length
  if (width === undefined)
    throw new GuerdonError('ARGUMENT_INVALID', 'there are no vectors to combine', {
      expected: 'at least one',
    })
  const gram = new Float64Array(count * count)
  for (let i = 0; i < count; i++) {
    const a = vectors[i]!
    if (a.length !== width)
      throw new GuerdonError('ARGUMENT_INVALID', 'vectors have unequal lengths', {
        found: a.length,
        expected: `${width}`,
      })
    for (let j = 0; j <= i; j++) {
      const b = vectors[j]!
      let sum = 0
      for (let k = 0; k < width; k++) sum += a[k]! * b[k]!
      if (!Number.isFinite(sum))
        throw new GuerdonError(
          'ARGUMENT_INVALID',
          `vector ${i} holds a number that is not finite or too large`,
        )
      gram[i * count + j] = sum
      gram[j * count + i] = sum
    }
  }
  return gram
}

/** Sets the weights of the pair whose two-point solution is shortest (the first such pair), and returns its cost. */
function bestPair(gram: Float64Array, count: number, weights: Float64Array): number {
  let best = { i: 0, j: 1, gamma: 0.5, cost: Number.POSITIVE_INFINITY }
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      const { gamma, cost } = minNormTwo(gram[i * count + i]!, gram[i * count + j]!, gram[j * count + j]!)
      if (cost < best.cost) best = { i, j, gamma, cost }
    }
  }
  weights[best.i] = best.gamma
  weights[best.j] = 1 - best.gamma
  return best.cost
}

function quadratic(gram: Float64Array, a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++)
    for (let j = 0; j < b.length; j++) sum += a[i]! * gram[i * a.length + j]! * b[j]!
  return sum
}
