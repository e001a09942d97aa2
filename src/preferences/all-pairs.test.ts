import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allPairs } from './all-pairs.ts'

test('every two items of different rank make one pair, the better first', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 8 }), (ranks) => {
      const pairs = allPairs(ranks)
      for (const [better, worse] of pairs) expect(ranks[better]).toBeLessThan(ranks[worse]!)
      const different = ranks.flatMap((a, i) => ranks.slice(i + 1).filter((b) => a !== b))
      expect(pairs).toHaveLength(different.length)
      expect(new Set(pairs.map((pair) => [...pair].sort().join())).size).toBe(pairs.length)
    }),
  )
})
