/** Position bias of signed preference labels. */
import { GuerdonError } from '../../records/error.ts'

export interface MeanStrength {
  /** mean label; positive: the second reply is preferred on average. null without labels */
  readonly mean: number | null
  /** share of the labels that prefer the second reply, among those that prefer either. null when none does */
  readonly shareSecond: number | null
}

/**
 * Mean of N signed labels (negative: the first reply is better) and the share that prefers the second one,
 * #{s > 0} / #{s ≠ 0}, in [0, 1]. Source: paper 25, section on data.
 *
 * @throws GuerdonError ARGUMENT_INVALID for a label that is not finite
 * @example meanStrength([-1, 2, 0, 3]) // { mean: 1, shareSecond: 0.6666666666666666 }
 */
export function meanStrength(labels: ArrayLike<number>): MeanStrength {
  let total = 0
  let second = 0
  let decided = 0
  for (let index = 0; index < labels.length; index++) {
    const label = labels[index]!
    if (!Number.isFinite(label)) {
      throw new GuerdonError('ARGUMENT_INVALID', `label ${index} is not a finite number`, { found: label })
    }
    total += label
    if (label > 0) second++
    if (label !== 0) decided++
  }
  return {
    mean: labels.length === 0 ? null : total / labels.length,
    shareSecond: decided === 0 ? null : second / decided,
  }
}
