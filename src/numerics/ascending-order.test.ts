import { expect, test } from 'vitest'
import { ascendingOrder } from './ascending-order.ts'

test('sorts ascending, ties as they stand, and refuses what has no order', () => {
  expect(Array.from(ascendingOrder([2, -1, 2, -1]))).toEqual([1, 3, 0, 2])
  expect(ascendingOrder([])).toHaveLength(0)
  expect(() => ascendingOrder([0, Number.NaN])).toThrow('value 1')
})
