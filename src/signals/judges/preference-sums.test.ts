import { expect, test } from 'vitest'
import { GuerdonError } from '../../records/error.ts'
import { preferenceSums } from './preference-sums.ts'

test('preferences that complement each other give the group K(K − 1)/2 in all', () => {
  const sums = preferenceSums(Float64Array.of(5, 0.9, 0.6, 0.1, 5, 0.3, 0.4, 0.7, 5))
  expect(sums[0]! + sums[1]! + sums[2]!).toBeCloseTo(3, 12)
  expect(sums[0]).toBe(1.5)
  expect(() => preferenceSums(new Float64Array(3))).toThrow(GuerdonError)
})
