import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SIMILARITY_METRICS, textSimilarity } from './text-similarity.ts'

describe('textSimilarity', () => {
  it('counts shared n-grams as often as both texts have them', () => {
    expect(textSimilarity('rouge_1', 'the the cat', 'the dog')).toBeCloseTo(0.4, 15)
    expect(textSimilarity('rouge_2', 'a b c', 'a b d')).toBe(0.5)
    expect(textSimilarity('rouge_3', 'a b', 'a b')).toBe(0)
    expect(textSimilarity('fuzzy_match', 'kitten', 'sitting')).toBeCloseTo(4 / 7, 15)
    expect(textSimilarity('rouge_l', 'plain text', 'plain text too')).toBeCloseTo(0.8, 15)
  })

  it('is in [0, 1], and 1 for equal texts of enough words', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SIMILARITY_METRICS), fc.string(), fc.string(), (metric, a, b) => {
        const similarity = textSimilarity(metric, a, b)
        expect(similarity).toBeGreaterThanOrEqual(0)
        expect(similarity).toBeLessThanOrEqual(1 + 1e-12)
        expect(textSimilarity(metric, 'one two three four five', 'one two three four five')).toBeCloseTo(
          1,
          12,
        )
      }),
    )
  })

  it('refuses texts that are too long', () => {
    expect(() => textSimilarity('fuzzy_match', 'a'.repeat(20_001), '')).toThrow('too long')
  })
})
