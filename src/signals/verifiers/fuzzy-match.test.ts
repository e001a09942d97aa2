import fc from 'fast-check'
import { expect, it } from 'vitest'
import { editSimilarity } from './fuzzy-match.ts'

it('is one minus the edit distance over the longer length', () => {
  expect(editSimilarity('kitten', 'sitting')).toBeCloseTo(1 - 3 / 7, 12)
  expect(editSimilarity('', '')).toBe(1)
  expect(editSimilarity('abc', '')).toBe(0)
})

it('is symmetric, in [0, 1], and 1 only for equal texts', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), (left, right) => {
      const similarity = editSimilarity(left, right)
      expect(similarity).toBe(editSimilarity(right, left))
      expect(similarity >= 0 && similarity <= 1).toBe(true)
      expect(similarity === 1).toBe(left === right)
    }),
  )
})
