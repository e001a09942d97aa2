/**
 * Extrapolation from a weak model through a strong one.
 * Source: paper 25, section 4 (ExPO, Zheng et al., 2024; its own coefficient is α − 1).
 */
import { hostTensor, type Parameters } from '../engine/host-tensor.ts'
import { GuerdonError } from '../records/error.ts'

/**
 * weak + α·(strong − weak), element by element. α = 0 gives the weak weights and α = 1 the strong ones bit for bit;
 * above 1 lies beyond the strong model, where nothing was trained: look at the rewards' mean and range before use.
 *
 * @throws GuerdonError ARGUMENT_INVALID for an α that is not finite, or lengths that differ
 * @example extrapolateWeights(Float64Array.of(0, 1), Float64Array.of(1, 3), 1.5) // Float64Array [1.5, 4]
 */
export function extrapolateWeights<A extends Float64Array | Float32Array>(
  weak: A,
  strong: A,
  alpha: number,
): A {
  if (weak.length !== strong.length)
    throw new GuerdonError('ARGUMENT_INVALID', `${weak.length} weak and ${strong.length} strong weights`, {
      expected: 'as many of both',
    })
  if (!Number.isFinite(alpha))
    throw new GuerdonError('ARGUMENT_INVALID', 'the factor of an extrapolation is not finite', {
      found: alpha,
    })
  // The formula itself misses the strong weights by a rounding error.
  if (alpha === 0 || alpha === 1) return (alpha === 0 ? weak : strong).slice() as A
  return weak.map((value, place) => value + alpha * (strong[place]! - value)) as A
}

/**
 * Extrapolation of whole models with the same parameters.
 *
 * @throws GuerdonError ARGUMENT_INVALID when names, shapes or types of the two models differ
 */
export function extrapolateParameters(weak: Parameters, strong: Parameters, alpha: number): Parameters {
  const foreign = Object.keys(strong).find((name) => !(name in weak))
  if (foreign !== undefined)
    throw new GuerdonError('ARGUMENT_INVALID', `the weak model has no parameter "${foreign}"`)
  return Object.fromEntries(
    Object.entries(weak).map(([name, { values, shape, dtype }]) => {
      const other = strong[name]
      if (other === undefined || other.dtype !== dtype || String(other.shape) !== String(shape))
        throw new GuerdonError('ARGUMENT_INVALID', `the two models differ in the parameter "${name}"`, {
          found: other === undefined ? 'none in the strong one' : `${other.dtype} [${other.shape}]`,
          expected: `${dtype} [${shape}]`,
        })
      if (dtype !== 'float32' && dtype !== 'float64') return [name, other]
      return [
        name,
        hostTensor(
          extrapolateWeights(values as Float32Array, other.values as Float32Array, alpha),
          shape,
          dtype,
        ),
      ]
    }),
  )
}
