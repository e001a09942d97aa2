import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exactDeduplication } from './exact-deduplication.ts'

test('what is kept holds every pair once, and a second pass removes nothing', () => {
  const text = fc.constantFrom('a', 'a ', '', null)
  const pair = fc.record({
    history: fc.array(fc.tuple(fc.constantFrom('user', 'assistant'), fc.constantFrom('x', 'y')), {
      maxLength: 2,
    }),
    chosen: text,
    rejected: text,
  })
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 20 }), (pairs) => {
      const kept = Array.from(exactDeduplication(pairs), (index) => pairs[index]!)
      expect(exactDeduplication(kept)).toHaveLength(kept.length)
      const keys = (list: typeof pairs) => new Set(list.map((entry) => JSON.stringify(entry)))
      expect(keys(kept)).toEqual(
        keys(pairs.filter(({ chosen, rejected }) => chosen !== null && rejected !== null)),
      )
    }),
  )
})
