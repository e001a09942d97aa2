import fc from 'fast-check'
import { expect, it } from 'vitest'
import { shortHash, textHash } from './text-hash.ts'

it('is a whole number that a double and SQLite hold exactly', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const hash = textHash(text)
      expect(Number.isSafeInteger(hash)).toBe(true)
      expect(hash).toBeGreaterThanOrEqual(0)
      expect(hash).toBeLessThan(2 ** 52)
      expect(shortHash(text)).toBe(hash % 2 ** 32)
    }),
  )
})

it('tells apart texts that differ little', () => {
  const texts = Array.from({ length: 200_000 }, (_, index) => `b_${index.toString(36)}`)
  expect(new Set(texts.map(textHash)).size).toBe(texts.length)
  // 200,000 of 2^32: five pairs are expected by chance.
  expect(new Set(texts.map(shortHash)).size).toBeGreaterThan(texts.length - 30)
})
