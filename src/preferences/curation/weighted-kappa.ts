/** Cohen's kappa of two annotators, with weights for how far apart two labels are. */
import { GuerdonError } from '../../records/error.ts'

export type KappaWeights = 'none' | 'linear' | 'quadratic'

function labelIndex(labels: readonly number[], label: number, item: number): number {
  const index = labels.indexOf(label)
  if (index === -1) {
    throw new GuerdonError('ARGUMENT_INVALID', `item ${item} has a label that is not on the scale`, {
      found: label,
      expected: labels.join(', '),
    })
  }
  return index
}

/**
 * κ_w = 1 − Σ w_jk·O_jk / Σ w_jk·E_jk with O the observed table of labels (j by the first, k by the second annotator),
 * E the table of independent annotators with the same margins and w_jk = 1 for j ≠ k (`none`), |j − k| (`linear`) or
 * (j − k)² (`quadratic`), j and k being places on the scale. In (−∞, 1]; null when no disagreement is expected (both
 * annotators gave one and the same label throughout, or there is no item). Source: Cohen (1968); used by paper 25.
 *
 * @param labels the scale in its order; all labels that occur, ascending, when absent
 * @throws GuerdonError ARGUMENT_INVALID for lists of unequal length or a label that is not on the scale
 * @example weightedKappa([1, 2, 3, 3], [1, 2, 3, 2], 'quadratic') // ≈ 0.8
 */
export function weightedKappa(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  weights: KappaWeights = 'quadratic',
  labels?: readonly number[],
): number | null {
  const size = first.length
  if (second.length !== size) {
    throw new GuerdonError('ARGUMENT_INVALID', 'both annotators must have labelled the same items', {
      found: `${size} and ${second.length} labels`,
    })
  }
  const scale = labels ?? [...new Set([...Array.from(first), ...Array.from(second)])].sort((a, b) => a - b)
  const count = scale.length
  const observed = new Float64Array(count * count)
  for (let item = 0; item < size; item++) {
    const row = labelIndex(scale, first[item]!, item)
    const column = labelIndex(scale, second[item]!, item)
    observed[row * count + column]!++
  }
  return kappaOfTable(observed, count, weights)
}

/** κ_w of a table of counts [labels][labels], first annotator by rows; null as for `weightedKappa`. */
export function kappaOfTable(
  observed: ArrayLike<number>,
  labels: number,
  weights: KappaWeights = 'quadratic',
): number | null {
  const ofFirst = new Float64Array(labels)
  const ofSecond = new Float64Array(labels)
  let size = 0
  for (let row = 0; row < labels; row++) {
    for (let column = 0; column < labels; column++) {
      const items = observed[row * labels + column]!
      ofFirst[row]! += items
      ofSecond[column]! += items
      size += items
    }
  }
  let seen = 0
  let expected = 0
  for (let row = 0; row < labels; row++) {
    for (let column = 0; column < labels; column++) {
      const gap = Math.abs(row - column)
      const weight = weights === 'none' ? Math.min(1, gap) : weights === 'linear' ? gap : gap * gap
      seen += weight * observed[row * labels + column]!
      if (size > 0) expected += (weight * ofFirst[row]! * ofSecond[column]!) / size
    }
  }
  return expected > 0 ? 1 - seen / expected : null
}
