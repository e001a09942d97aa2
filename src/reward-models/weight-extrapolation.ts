/** A step beyond a trained model, along the way it came: ExPO, used by paper 25 after its second stage. */
import { hostTensor, type Parameters } from '../engine/host-tensor.ts'
import { GuerdonError } from '../records/error.ts'

/**
 * θ = weak + α·(strong − weak) for every weight: α = 0 is the weak model and α = 1 the strong one, bit for bit; above 1
 * lies the region that neither was trained in. ExPO's own coefficient is α − 1. Source: paper 25, section 4.
 *
 * @throws GuerdonError ARGUMENT_INVALID when the models differ in names or shapes, or α is not finite
 */
export function extrapolateWeights(weak: Parameters, strong: Parameters, alpha: number): Parameters {
  if (!Number.isFinite(alpha))
    throw new GuerdonError('ARGUMENT_INVALID', 'a factor of extrapolation is not finite', { found: alpha })
  const names = Object.keys(weak)
  const foreign = Object.keys(strong).find((name) => !(name in weak))
  const unlike =
    foreign ?? names.find((name) => strong[name]?.shape.toString() !== weak[name]!.shape.toString())
  if (unlike !== undefined)
    throw new GuerdonError('ARGUMENT_INVALID', `the two models differ in "${unlike}"`, {
      found: [weak[unlike]?.shape, strong[unlike]?.shape],
      expected: 'the same names and shapes: one model before and after a stage of training',
    })
  return Object.fromEntries(
    names.map((name) => {
      const { values: from, shape, dtype } = weak[name]!
      const to = strong[name]!.values
      const values = alpha === 1 ? to.slice() : from.slice()
      if (alpha !== 0 && alpha !== 1)
        for (let at = 0; at < values.length; at++) values[at] = from[at]! + alpha * (to[at]! - from[at]!)
      return [name, hostTensor(values, shape, dtype)]
    }),
  )
}
