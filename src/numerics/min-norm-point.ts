/**
 * The point of least norm in a convex hull to full precision, by pairwise Frank–Wolfe steps. The published solver
 * (`min-norm-weights.ts`) stops early and never lets a weight fall to 0; this one is for claims that depend on the
 * optimum. Source: Lacoste-Julien and Jaggi, 2015 (pairwise steps converge linearly on a polytope).
 */
import { gramMatrix, type MinNormWeights } from './min-norm-weights.ts'

const STEPS = 100_000

/**
 * Weights λ ≥ 0, Σλ = 1, that make ‖Σ λ_i·v_i‖² least, to a duality gap of 1e-12 of the largest ‖v_i‖²: then
 * ⟨u, v_i⟩ ≥ ‖u‖² for every i, so that a step along u lowers every loss whose gradient is v_i.
 *
 * @param vectors at least one, of equal length, finite
 * @throws GuerdonError ARGUMENT_INVALID for no vectors, unequal lengths or a number that is not finite
 * @example minNormPoint([[1, 0], [0, 1]]).weights // Float64Array [0.5, 0.5]
 */
export function minNormPoint(vectors: readonly ArrayLike<number>[]): MinNormWeights {
  const gram = gramMatrix(vectors)
  const count = vectors.length
  const weights = new Float64Array(count)
  let shortest = 0
  let scale = 0
  for (let i = 0; i < count; i++) {
    if (gram[i * count + i]! < gram[shortest * count + shortest]!) shortest = i
    scale = Math.max(scale, gram[i * count + i]!)
  }
  weights[shortest] = 1
  const products = Float64Array.from({ length: count }, (_, i) => gram[i * count + shortest]!)
  for (let step = 0; step < STEPS; step++) {
    // Weight goes from the vertex that points along the current point most to the one that does so least.
    let to = 0
    let from = -1
    for (let i = 0; i < count; i++) {
      if (products[i]! < products[to]!) to = i
      if (weights[i]! > 0 && (from < 0 || products[i]! > products[from]!)) from = i
    }
    const gap = products[from]! - products[to]!
    if (gap <= 1e-12 * scale) break
    const curvature = gram[to * count + to]! + gram[from * count + from]! - 2 * gram[to * count + from]!
    const moved = Math.min(weights[from]!, gap / curvature)
    weights[to]! += moved
    // What moves is all of it or less: no rounding below 0.
    weights[from] = moved === weights[from]! ? 0 : weights[from]! - moved
    for (let i = 0; i < count; i++) {
      let sum = 0
      for (let j = 0; j < count; j++) sum += gram[i * count + j]! * weights[j]!
      products[i] = sum
    }
  }
  let normSquared = 0
  for (let i = 0; i < count; i++) normSquared += weights[i]! * products[i]!
  return { weights, cost: normSquared, normSquared }
}
