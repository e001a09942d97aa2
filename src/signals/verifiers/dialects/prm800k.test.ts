import fc from 'fast-check'
import { expect, it } from 'vitest'
import { equalPrm800k, extractOpenrlhf, normalizePrm800k, scoreOpenrlhf } from './prm800k.ts'

it.each([
  ['\\frac{12}{17}', '\\frac{48}{68}'],
  ['\\frac{43}{5}', '8\\frac{3}{5}'],
  ['8\\sqrt{5}', '\\sqrt{320}'],
  ['A', '(A)'],
  ['x', 'X'],
  ['27,19', '27 and 19'],
  ['12', '12 \\mathrm{~cm}'],
  ['9007199254740993', '9007199254740992'],
  ['(1,000)', '1000'],
  ['\\begin{pmatrix} \\frac{1}{2} & 2 \\end{pmatrix}', '\\begin{pmatrix} 0.5 & 2 \\end{pmatrix}'],
])('accepts %s for %s', (gold, answer) => {
  expect(equalPrm800k(gold, answer)).toBe(true)
})

it.each([
  ['2/3', '4/6'],
  ['2', '\\frac{10}{5}'],
  ['[1,2]', '(1,2)'],
  ['(12,23,28)', '(12,23)'],
  ['7^{1/2}', '\\sqrt{7}'],
  ['\\frac{a+b}{c}', '\\frac{a}{c}+\\frac{b}{c}'],
  ['5', ''],
  ['y=2x+1', '2x-y+1=0'],
])('rejects %s for %s', (gold, answer) => {
  expect(equalPrm800k(gold, answer)).toBe(false)
})

it('normalises units, percent signs, big numbers and mixed numbers', () => {
  expect(normalizePrm800k('1.5 million')).toBe('1.5*10^6')
  expect(normalizePrm800k('60 minutes')).toBe('60')
  expect(normalizePrm800k('8\\frac{3}{5}')).toBe('8+3/5')
  expect(normalizePrm800k('\\text{No}')).toBe('no')
})

it('asks the given equivalence, and only where the grader would', () => {
  const asked: string[] = []
  const ask = (gold: string, answer: string) => {
    asked.push(`${gold} ~ ${answer}`)
    return true
  }
  expect(equalPrm800k('\\sqrt{2}', 'x', ask)).toBe(true)
  expect(equalPrm800k('abc', 'cab', ask)).toBe(false)
  expect(equalPrm800k('x^10', '2x', ask)).toBe(false)
  expect(asked).toEqual(['sqrt(2) ~ x'])
})

it('reads only braced boxes', () => {
  expect(extractOpenrlhf('\\boxed{\\boxed{3}}')).toBe('3')
  expect(extractOpenrlhf('\\boxed 3')).toBeUndefined()
  expect(scoreOpenrlhf('\\boxed{0.5}', '\\frac{1}{2}')).toBe(1)
  expect(scoreOpenrlhf('\\fbox{3}', '3')).toBe(0)
})

it('accepts every text for itself and never throws', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (gold, answer) => {
      expect(equalPrm800k(gold, gold)).toBe(true)
      expect(typeof equalPrm800k(gold, answer)).toBe('boolean')
    }),
  )
})
