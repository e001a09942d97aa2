import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NgramIndex } from './ngram-index.ts'

const text = fc
  .array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 })
  .map((tokens) => tokens.join(' '))

/** Counts by the definition: every n-gram as a string. */
function plainCounts(value: string, order: number): Map<string, number> {
  const tokens = value.split(' ').filter((token) => token !== '')
  const counts = new Map<string, number>()
  for (let start = 0; start + order <= tokens.length; start++) {
    const ngram = tokens.slice(start, start + order).join(' ')
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1)
  }
  return counts
}

function plainMatches(value: string, references: readonly string[], order: number): number {
  let matches = 0
  for (const [ngram, count] of plainCounts(value, order)) {
    const largest = Math.max(...references.map((reference) => plainCounts(reference, order).get(ngram) ?? 0))
    matches += Math.min(count, largest)
  }
  return matches
}

test('counts what the definition counts, filled anew again and again', () => {
  const index = new NgramIndex({ order: 5, tokenizer: 'none', lowercase: false })
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 3 }),
      fc.array(text, { maxLength: 3 }),
      (references, texts) => {
        index.fill(references)
        for (const value of texts) {
          const length = index.match(value)
          expect(length).toBe(value.split(' ').filter((token) => token !== '').length)
          for (let order = 1; order <= 5; order++) {
            expect(index.matches[order - 1]).toBe(plainMatches(value, references, order))
          }
        }
      },
    ),
    { numRuns: 500 },
  )
})

test('another reference never lowers a match', () => {
  const index = new NgramIndex({ order: 4, tokenizer: 'none', lowercase: false })
  fc.assert(
    fc.property(text, text, text, (value, reference, other) => {
      index.fill([reference])
      index.match(value)
      const before = Array.from(index.matches)
      index.fill([reference, other])
      index.match(value)
      before.forEach((count, order) => {
        expect(index.matches[order]).toBeGreaterThanOrEqual(count)
      })
    }),
  )
})

test('reads long texts and long references', () => {
  const index = new NgramIndex({ order: 4, tokenizer: '13a', lowercase: true })
  const long = Array.from({ length: 3000 }, (_, position) => `Word${position % 700}`).join(' ')
  index.fill([long])
  expect(index.match(long.toUpperCase())).toBe(3000)
  expect(Array.from(index.matches)).toEqual([3000, 2999, 2998, 2997])
})
