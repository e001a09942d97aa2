import fc from 'fast-check'
import { expect, test } from 'vitest'
import { consistencyFilter } from './consistency-filter.ts'

test('every pair is kept or recycled; what the gold model doubts is never kept; asking judges only adds', () => {
  const p = fc.constantFrom(0, 0.4, 0.5, 0.6, 1)
  fc.assert(
    fc.property(fc.array(fc.tuple(p, p, fc.constantFrom(true, false, null)), { maxLength: 20 }), (list) => {
      const pGold = list.map(([gold]) => gold)
      const pBest = list.map(([, best]) => best)
      const agrees = list.map(([, , agree]) => agree)
      const { kept, recycled } = consistencyFilter(pGold, pBest, agrees)
      expect([...kept, ...recycled].sort((a, b) => a - b)).toEqual(list.map((_, index) => index))
      for (const pair of kept) expect(pGold[pair]).toBeGreaterThan(0.5)
      const unasked = consistencyFilter(
        pGold,
        pBest,
        agrees.map(() => null),
      ).kept
      for (const pair of unasked) expect(Array.from(kept)).toContain(pair)
    }),
  )
})

test('refuses lists of other lengths and what is no probability', () => {
  expect(() => consistencyFilter([0.5], [], [null])).toThrow('two confidences')
  expect(() => consistencyFilter([0.5], [2], [null])).toThrow('p_best of pair 0')
})
