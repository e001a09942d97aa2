import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  extractSearchR1,
  lastTagContent,
  matchesAnswer,
  normalizeAnswer,
  scoreSearchR1,
} from './search-r1.ts'

it.each([
  ['The  quick, brown fox!', 'quick brown fox'],
  ['an apple a day', 'apple day'],
  ['U.S.A.', 'usa'],
  ['A', ''],
  ['Theatre', 'theatre'],
])('normalises %s to "%s"', (text, normal) => {
  expect(normalizeAnswer(text)).toBe(normal)
})

it('pairs tags from left to right and takes the last pair', () => {
  expect(lastTagContent('<a><a>1</a>2</a><a>3</a>', 'a')).toBe('3')
  expect(lastTagContent('<a><a>1</a>', 'a')).toBe('<a>1')
  expect(extractSearchR1('<answer>\n 3/7 </answer> <answer>open')).toBe('3/7')
  expect(extractSearchR1('3/7')).toBeUndefined()
})

it('matches any gold answer, equal or contained', () => {
  expect(matchesAnswer('42', ['forty two', '42'])).toBe(1)
  expect(matchesAnswer('Theatre', ['the atre'])).toBe(0)
  expect(matchesAnswer('Theatre', ['the atre'], 'sub')).toBe(1)
})

it('gives a quarter in a text crowded with tags, for equality only', () => {
  const crowded = `${'<answer>x</answer>'.repeat(10)}<answer>Rome</answer>`
  expect(scoreSearchR1(crowded, ['Rome'])).toBe(0.25)
  expect(scoreSearchR1(crowded, ['Rome'], 'sub')).toBe(1)
  expect(scoreSearchR1('<answer>Paris</answer>', ['Rome'])).toBe(0)
  expect(scoreSearchR1('Rome', ['Rome'])).toBe(0)
})

it('normalises to a form without case, doubled spaces or ASCII punctuation', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
      expect(normalizeAnswer(text)).toMatch(/^$|^[^A-Z\s!-/:-@[-`{-~]+( [^A-Z\s!-/:-@[-`{-~]+)*$/)
    }),
  )
})
