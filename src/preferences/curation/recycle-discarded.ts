/** Whether discarded pairs may be used with chosen and rejected exchanged. */
import { wilsonInterval } from '../../numerics/wilson-interval.ts'
import { GuerdonError } from '../../records/error.ts'

export interface RecycleTest {
  /** discarded pairs that a person looked at */
  readonly checked: number
  /** those whose original label was wrong */
  readonly wrong: number
  readonly share: number | null
  /** Wilson's 95 % interval of the share */
  readonly interval: readonly [number, number]
  /** whether exchanged pairs are more often right than wrong beyond chance: the interval lies above ½ */
  readonly safe: boolean
}

/**
 * Tests on a checked sample of discards whether flipping them is safe: safe iff the lower end of Wilson's 95 % interval
 * of the share of wrong labels is above ½. Pairs that could not be decided are left out of the sample before.
 * Source: paper 35, recycling; the test is its card's condition (200 checked pairs).
 *
 * @throws GuerdonError ARGUMENT_INVALID when wrong or checked is no count
 * @example flippingIsSafe(150, 200).safe // true
 */
export function flippingIsSafe(wrong: number, checked: number): RecycleTest {
  if (!Number.isSafeInteger(wrong) || !Number.isSafeInteger(checked) || wrong < 0 || wrong > checked) {
    throw new GuerdonError('ARGUMENT_INVALID', 'the checked discards cannot be counted', {
      found: `${wrong} wrong of ${checked}`,
      expected: 'whole numbers, 0 ≤ wrong ≤ checked',
    })
  }
  const interval = wilsonInterval(wrong, checked)
  return {
    checked,
    wrong,
    share: checked === 0 ? null : wrong / checked,
    interval,
    safe: interval[0] > 0.5,
  }
}

/** A pair with its sides exchanged; everything else about it stays. */
export function exchanged<Pair extends { readonly chosen: unknown; readonly rejected: unknown }>(
  pair: Pair,
): Pair {
  return { ...pair, chosen: pair.rejected, rejected: pair.chosen }
}

/**
 * The discarded pairs with chosen and rejected exchanged when the test says that flipping is safe, else none.
 *
 * @example recycleDiscarded([{ chosen: 'a', rejected: 'b' }], flippingIsSafe(9, 10)) // [{ chosen: 'b', rejected: 'a' }]
 */
export function recycleDiscarded<Pair extends { readonly chosen: unknown; readonly rejected: unknown }>(
  discarded: readonly Pair[],
  test: RecycleTest,
): Pair[] {
  return test.safe ? discarded.map(exchanged) : []
}
