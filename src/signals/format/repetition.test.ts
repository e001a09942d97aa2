import fc from 'fast-check'
import { expect, it } from 'vitest'
import { repeatedShare, repetitionPenalty } from './repetition.ts'

it.each([
  ['a b c a b c a b c', 3, -1, -4 / 7],
  ['The cat the cat the CAT', 1, -0.5, -1 / 3],
  ['the the the the the', 3, -1, -2 / 3],
  ['x', 3, -1, 0],
  ['', 1, -1, 0],
])('penalises %j', (text, size, penalty, value) => {
  expect(repetitionPenalty(text, size, penalty)).toBeCloseTo(value, 12)
})

it('counts token ids, and gives 0 and not −0 without repetition', () => {
  expect(repetitionPenalty([1, 2, 1, 2, 1, 2], 3, -1)).toBe(-0.5)
  expect(Object.is(repetitionPenalty([1, 2, 3], 3, -1), 0)).toBe(true)
})

it('agrees with counting joined n-grams, and ignores how items are named', () => {
  const items = fc.array(fc.nat(4), { maxLength: 40 })
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 5 }), (list, size) => {
      const grams = list
        .slice(0, Math.max(0, list.length - size + 1))
        .map((_, at) => list.slice(at, at + size).join())
      const expected = grams.length === 0 ? 0 : 1 - new Set(grams).size / grams.length
      expect(repeatedShare(list, size)).toBeCloseTo(expected, 12)
      expect(
        repeatedShare(
          list.map((item) => `w${item}`),
          size,
        ),
      ).toBe(repeatedShare(list, size))
    }),
  )
})
