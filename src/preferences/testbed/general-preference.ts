/** A game of preferences: comparisons by a skew-symmetric form, for which no reward exists. */
import type { RandomStream } from '../../numerics/random.ts'
import { sigmoid } from '../../numerics/sigmoid.ts'
import { GuerdonError } from '../../records/error.ts'

/** A random skew-symmetric W (d × d row-major) whose logits xᵀWy over x, y ~ N(0, I) have standard deviation 1. */
export function skewForm(stream: RandomStream, dimensions: number): Float64Array {
  const form = new Float64Array(dimensions * dimensions)
  let squares = 0
  for (let row = 0; row < dimensions; row++) {
    for (let column = row + 1; column < dimensions; column++) {
      const weight = stream.normal()
      form[row * dimensions + column] = weight
      form[column * dimensions + row] = -weight
      squares += 2 * weight * weight
    }
  }
  // Var(xᵀWy) = ‖W‖²; a single dimension has no skew form but 0.
  return squares === 0 ? form : form.map((weight) => weight / Math.sqrt(squares))
}

/**
 * P(x ≻ y) = σ(β·xᵀWy) for n pairs. Swapping x and y gives 1 − P; x = y gives ½.
 * @param x n × d row-major
 * @param form d × d, skew-symmetric
 * @throws GuerdonError ARGUMENT_INVALID when the shapes do not fit
 *
 * @example generalPreference(Float64Array.of(1, 0), Float64Array.of(0, 1), Float64Array.of(0, 2, -2, 0), 1) // [0.8807970779778823]
 */
export function generalPreference(
  x: Float64Array,
  y: Float64Array,
  form: Float64Array,
  rationality: number,
): Float64Array {
  const dimensions = Math.round(Math.sqrt(form.length))
  if (dimensions * dimensions !== form.length || x.length !== y.length || x.length % dimensions !== 0) {
    throw new GuerdonError(
      'ARGUMENT_INVALID',
      `${x.length} and ${y.length} features with a form of ${form.length}`,
      { expected: 'n × d features twice and a d × d form' },
    )
  }
  const probability = new Float64Array(x.length / dimensions)
  for (let pair = 0; pair < probability.length; pair++) {
    let logit = 0
    for (let row = 0; row < dimensions; row++) {
      let inner = 0
      for (let column = 0; column < dimensions; column++)
        inner += form[row * dimensions + column]! * y[pair * dimensions + column]!
      logit += x[pair * dimensions + row]! * inner
    }
    probability[pair] = sigmoid(rationality * logit)
  }
  return probability
}
