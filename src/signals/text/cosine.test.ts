import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cosineSimilarity } from './cosine.ts'

const vector = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 3, maxLength: 3 })

test('by hand', () => {
  expect(cosineSimilarity([3, 4], [4, 3])).toBeCloseTo(0.96, 15)
  expect(cosineSimilarity([1, 0], [-2, 0])).toBe(-1)
})

test('lies in [−1, 1], is symmetric and does not see lengths', () => {
  fc.assert(
    fc.property(vector, vector, fc.double({ min: 0.01, max: 100, noNaN: true }), (left, right, scale) => {
      const value = cosineSimilarity(left, right)
      expect(Math.abs(value)).toBeLessThanOrEqual(1)
      expect(cosineSimilarity(right, left)).toBe(value)
      const norm = Math.hypot(...left)
      if (norm > 1e-6) {
        expect(
          cosineSimilarity(
            left.map((entry) => entry * scale),
            right,
          ),
        ).toBeCloseTo(value, 9)
      }
    }),
  )
})

test('an embedding without a direction is like nothing, and lengths must agree', () => {
  expect(cosineSimilarity([0, 0], [1, 0])).toBe(0)
  expect(cosineSimilarity([1e-13, 0], [1, 0])).toBe(0)
  expect(() => cosineSimilarity([1], [1, 2])).toThrow('same length')
})
