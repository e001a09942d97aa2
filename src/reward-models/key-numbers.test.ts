import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KEYS, KeyNumbers, textKey } from './key-numbers.ts'

test('equal keys have equal numbers, in the order in which they came, however many there are', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: KEYS - 1 }), { maxLength: 3000 }), (keys) => {
      const numbers = new KeyNumbers()
      const known = new Map<number, number>()
      for (const key of keys) {
        expect(numbers.has(key)).toBe(known.has(key))
        if (!known.has(key)) known.set(key, known.size)
        expect(numbers.add(key)).toBe(known.get(key))
      }
      expect(numbers.size).toBe(known.size)
    }),
    { numRuns: 20, seed: 5 },
  )
})

test('keys of texts are spread evenly', () => {
  const keys = Array.from({ length: 20_000 }, (_, index) => textKey(`text ${index}`))
  const below = keys.filter((key) => key < 0.1 * KEYS).length
  expect(below / keys.length).toBeGreaterThan(0.09)
  expect(below / keys.length).toBeLessThan(0.11)
  expect(Math.max(...keys)).toBeLessThan(KEYS)
})
