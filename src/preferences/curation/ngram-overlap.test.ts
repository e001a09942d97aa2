import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EvaluationGrams, ngramOverlap } from './ngram-overlap.ts'

test('a run of n words taken from an evaluation text is found wherever it stands, one word less is not', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 10 }),
      fc.integer({ min: 1, max: 5 }),
      fc.nat({ max: 4 }),
      (start, n, before) => {
        const evaluation = Array.from({ length: 20 }, (_, index) => `w${index}`)
        const run = evaluation
          .slice(start, start + n)
          .join('  ')
          .toUpperCase()
        const shorter = evaluation.slice(start, start + n - 1).join(' ')
        const around = (text: string) => `${'x '.repeat(before)}${text} y`
        expect(Array.from(ngramOverlap([around(run), around(shorter)], [evaluation.join(' ')], n))).toEqual([
          1, 0,
        ])
      },
    ),
  )
})

test('names the shared words, counts its grams, and refuses an n that is none', () => {
  const grams = new EvaluationGrams(['a b c', 'too short'], 3)
  expect(grams.size).toBe(1)
  expect(grams.sharedWith(['x', 'a', 'b', 'c'])).toBe('a b c')
  expect(grams.sharedWith(['too', 'short'])).toBeUndefined()
  expect(() => ngramOverlap([], [], 0)).toThrow('whole number')
})
