/**
 * Scales on which the gradients of several losses are compared.
 * Source: paper 43, MORE `utils.py:gradient_normalizer`.
 */
import { GuerdonError } from '../records/error.ts'

export const GRADIENT_NORMALISERS = ['none', 'l2', 'loss', 'loss+'] as const
export type GradientNormaliser = (typeof GRADIENT_NORMALISERS)[number]

/**
 * The number each gradient is divided by: 1 (`none`); its length (`l2`); its share of the losses,
 * (L + 1)/Σ(L + 1) (`loss`); length · loss (`loss+`). A length or product of 0 counts as 1.
 *
 * @param gradients one row a loss
 * @param losses one a row, not negative; looked at by `loss` and `loss+` only
 * @throws GuerdonError ARGUMENT_INVALID when losses are needed and their number differs
 * @example gradientScales([[3, 4]], [2], 'l2') // Float64Array [5]
 */
export function gradientScales(
  gradients: readonly ArrayLike<number>[],
  losses: ArrayLike<number>,
  kind: GradientNormaliser,
): Float64Array {
  const scales = new Float64Array(gradients.length).fill(1)
  if (kind === 'none') return scales
  if (kind !== 'l2' && losses.length !== gradients.length)
    throw new GuerdonError('ARGUMENT_INVALID', `${losses.length} losses for ${gradients.length} gradients`, {
      expected: 'one loss a gradient',
    })
  let total = 0
  for (let i = 0; i < losses.length; i++) total += losses[i]! + 1
  gradients.forEach((gradient, i) => {
    let squares = 0
    for (let k = 0; k < gradient.length; k++) squares += gradient[k]! ** 2
    const length = squares === 0 ? 1 : Math.sqrt(squares)
    const scale = kind === 'l2' ? length : kind === 'loss' ? (losses[i]! + 1) / total : length * losses[i]!
    scales[i] = scale === 0 ? 1 : scale
  })
  return scales
}

/**
 * Gradients divided by their scales.
 *
 * @example normaliseGradients([[3, 4]], [2], 'l2') // [Float64Array [0.6, 0.8]]
 */
export function normaliseGradients(
  gradients: readonly ArrayLike<number>[],
  losses: ArrayLike<number>,
  kind: GradientNormaliser,
): Float64Array[] {
  const scales = gradientScales(gradients, losses, kind)
  return gradients.map((gradient, i) => Float64Array.from(gradient, (value) => value / scales[i]!))
}
