/** Which labels the voters would turn round. */
import { GuerdonError } from '../records/error.ts'
import { ascendingOrder } from './ascending-order.ts'

export type FlipRule =
  /** every pair with a negative mean strength */
  | { readonly rule: 'negative' }
  /** the ⌊quantile · N⌋ weakest pairs, whatever their sign; destroys good labels in clean data */
  | { readonly rule: 'quantile'; readonly quantile: number }

/**
 * Marks the pairs whose label is to be flipped: 1 where μ̂ < 0 (0 is kept), or for the ⌊q·N⌋ lowest means with ties in
 * their order. `mean` and the result have N entries. Source: paper 16, section B.
 *
 * @throws GuerdonError ARGUMENT_INVALID for a mean that is not finite or a quantile outside [0, 1]
 * @example flipByStrength([-1, 0, 2], { rule: 'negative' }) // Uint8Array [1, 0, 0]
 */
export function flipByStrength(mean: ArrayLike<number>, rule: FlipRule): Uint8Array {
  const flip = new Uint8Array(mean.length)
  const order = ascendingOrder(mean)
  if (rule.rule === 'negative') {
    for (let pair = 0; pair < flip.length; pair++) flip[pair] = mean[pair]! < 0 ? 1 : 0
    return flip
  }
  if (!(rule.quantile >= 0 && rule.quantile <= 1)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'is no quantile', {
      where: { field: 'quantile' },
      found: rule.quantile,
      expected: 'a number from 0 to 1',
    })
  }
  const count = Math.floor(rule.quantile * mean.length)
  for (let rank = 0; rank < count; rank++) flip[order[rank]!] = 1
  return flip
}
