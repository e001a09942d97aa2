import fc from 'fast-check'
import { expect, it } from 'vitest'
import { constantValue, differenceVanishes } from './sampled-difference.ts'

it.each([
  ['(x+5)(x+7)', 'x^2+12x+35'],
  ['(x^2-25)/(x-5)', 'x+5'],
  ['ab', 'ba'],
  ['1x^2y', '1yx^2'],
  ['8sqrt(5)', 'sqrt(320)'],
  ['pi/2', '0.5pi'],
  ['x/2', '0.5x'],
  ['ln5', 'ln2+ln3'],
  ['-x^2', '0-(x**2)'],
  ['2^3^2', '512'],
])('finds %s equal to %s', (left, right) => {
  expect(differenceVanishes(left, right)).toBe(true)
})

it.each([
  ['x+1', 'x-1'],
  ['sqrt(x^2)', 'x'],
  ['sqrt(2)', '1.41421356'],
  ['x^1/2', 'sqrt(x)'],
])('finds %s different from %s', (left, right) => {
  expect(differenceVanishes(left, right)).toBe(false)
})

it('cannot tell what is no expression', () => {
  for (const text of ['x>2', '5;', 'y=1', '', '(1', '1,2', `${'('.repeat(3000)}1`]) {
    expect(differenceVanishes(text, '1')).toBeUndefined()
  }
  expect(differenceVanishes('1/0', '1/0')).toBeUndefined()
})

it('evaluates constants only', () => {
  expect(constantValue('2(3.14)+1/4')).toBe(6.53)
  expect(constantValue('2x')).toBeUndefined()
  expect(constantValue('1/0')).toBeUndefined()
})

it('finds an expanded square equal to its factored form, and not to its neighbour', () => {
  fc.assert(
    fc.property(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }), (a, b) => {
      const expanded = `x^2+(${a + b})x+(${a * b})`
      expect(differenceVanishes(`(x+(${a}))(x+(${b}))`, expanded)).toBe(true)
      expect(differenceVanishes(`(x+(${a}))(x+(${b}))`, `${expanded}+1`)).toBe(false)
    }),
  )
})
