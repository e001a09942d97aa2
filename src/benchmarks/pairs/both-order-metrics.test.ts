import { expect, test } from 'vitest'
import { GuerdonError } from '../../records/error.ts'
import { bothOrderMetrics } from './both-order-metrics.ts'

test('padding and equal scores make no pair, and the order inside a list does not matter', () => {
  const found = bothOrderMetrics(
    [
      [2, 0, 9],
      [1, 3],
    ],
    [
      [1, 0, -1],
      [1, 1],
    ],
  )
  expect(found).toMatchObject({ orderedPairs: 2, accuracy: 1 })
  expect(
    bothOrderMetrics(
      [
        [9, 0, 2],
        [1, 3],
      ],
      [
        [-1, 0, 1],
        [1, 1],
      ],
    ),
  ).toEqual(found)
  expect(() => bothOrderMetrics([[1, 2]], [[1, 1]])).toThrow(GuerdonError)
  expect(() => bothOrderMetrics([[1, 2]], [[1]])).toThrow(GuerdonError)
})
