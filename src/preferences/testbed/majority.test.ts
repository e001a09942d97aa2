import { expect, test } from 'vitest'
import { majorityProbability } from './majority.ts'

const scratch = new Float64Array(8)

test('one vote is its probability, an even vote adds half the ties, and unequal voters are exact', () => {
  expect(majorityProbability(Float64Array.of(0.3), 0, 1, scratch)).toBeCloseTo(0.3, 15)
  expect(majorityProbability(Float64Array.of(0.3, 0.6), 0, 2, scratch)).toBeCloseTo(0.18 + 0.54 / 2, 15)
  const [x, y, z] = [0.2, 0.5, 0.9]
  const exact = x * y * z + x * y * (1 - z) + x * (1 - y) * z + (1 - x) * y * z
  expect(majorityProbability(Float64Array.of(9, x, y, z), 1, 3, scratch)).toBeCloseTo(exact, 15)
})
