import { expect, test } from 'vitest'
import { pairConfidence } from './pair-confidence.ts'

test('adds to 1 with the exchanged pair, saturates without NaN, and refuses scores that are none', () => {
  const [one] = pairConfidence([0.3], [-1.2])
  const [other] = pairConfidence([-1.2], [0.3])
  expect(one! + other!).toBeCloseTo(1, 12)
  expect(Array.from(pairConfidence([1e308, -800], [0, 800]))).toEqual([1, 0])
  expect(() => pairConfidence([Number.NaN], [0])).toThrow('pair 0')
  expect(() => pairConfidence([1], [])).toThrow('two scores')
})
