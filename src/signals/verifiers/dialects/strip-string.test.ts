import { expect, it } from 'vitest'
import { stripString } from './strip-string.ts'

it.each([
  ['\\dfrac{1}{9}', '\\frac{1}{9}'],
  ['13/12', '\\frac{13}{12}'],
  ['007/2', '007/2'],
  ['-9/16', '\\frac{-9}{16}'],
  ['\\frac1{72}', '\\frac{1}{72}'],
  ['.5', '\\frac{1}{2}'],
  ['x = 5', '5'],
  ['f(x)=x^2', 'f(x)=x^2'],
  ['18 \\text{ inches}', '18'],
  ['89\\%', '89'],
  ['\\sqrt2', '\\sqrt{2}'],
  ['\\left(1, 2\\right)', '(1,2)'],
])('normalises %s to %s', (answer, normal) => {
  expect(stripString(answer)).toBe(normal)
})

it('is undefined where the original raises', () => {
  expect(stripString('5\\text{ cm}\\text{ m}')).toBeUndefined()
  expect(stripString('1\\frac')).toBeUndefined()
  expect(stripString('2\\sqrt')).toBeUndefined()
})

it('leaves a text with a lone character after \\frac as it is', () => {
  expect(stripString('\\frac1')).toBe('\\frac1')
})
