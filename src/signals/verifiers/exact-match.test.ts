import fc from 'fast-check'
import { expect, it } from 'vitest'
import { answerText } from './answer-text.ts'
import { type ComparisonOptions, equalsAny } from './exact-match.ts'

const strict: ComparisonOptions = { case: 'sensitive', trim: false, normalise: 'none' }

it('compares as strictly as asked', () => {
  expect(equalsAny('Paris', ['Rome', 'Paris'], strict)).toBe(true)
  expect(equalsAny('Paris ', ['Paris'], strict)).toBe(false)
  expect(equalsAny('Paris ', ['Paris'], { ...strict, trim: true })).toBe(true)
  expect(equalsAny('paris', ['Paris'], { ...strict, case: 'insensitive' })).toBe(true)
  expect(equalsAny('the Paris!', ['paris'], { ...strict, normalise: 'qa' })).toBe(true)
  expect(equalsAny('Paris', [], strict)).toBe(false)
})

it('finds the part that is compared', () => {
  expect(answerText('a <answer> b </answer>', 'answer-tag')).toBe('b')
  expect(answerText('a \\boxed{b}', 'boxed')).toBe('b')
  expect(answerText(' a ', 'whole')).toBe(' a ')
  expect(answerText('a', 'answer-tag')).toBeUndefined()
  expect(answerText('a', 'boxed')).toBeUndefined()
})

it('loosening the comparison never turns a match into a mismatch', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('a', 'A', ' a', 'the a', 'b'),
      fc.constantFrom('a', 'A ', 'b.'),
      (answer, gold) => {
        if (!equalsAny(answer, [gold], strict)) return
        for (const normalise of ['none', 'qa'] as const) {
          expect(equalsAny(answer, [gold], { case: 'insensitive', trim: true, normalise })).toBe(true)
        }
      },
    ),
  )
})
