/** Positions of numbers in ascending order, ties in the order in which they stand. */
import { GuerdonError } from '../records/error.ts'

/**
 * The stable ascending order of n finite numbers, as positions.
 *
 * @throws GuerdonError ARGUMENT_INVALID for a value that is not finite
 * @example ascendingOrder([3, 1, 1]) // [1, 2, 0]
 */
export function ascendingOrder(values: ArrayLike<number>): Int32Array {
  const order = new Int32Array(values.length)
  for (let index = 0; index < order.length; index++) {
    if (!Number.isFinite(values[index]!)) {
      throw new GuerdonError('ARGUMENT_INVALID', `value ${index} is not a finite number`, {
        found: values[index],
      })
    }
    order[index] = index
  }
  return order.sort((left, right) => values[left]! - values[right]! || left - right)
}
