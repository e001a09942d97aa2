import { expect, it } from 'vitest'
import { closingBrace, lastBoxedText, unwrapBoxed } from './boxed.ts'

it('finds the last box by counting braces', () => {
  expect(lastBoxedText('\\boxed{1} and \\boxed{\\frac{1}{2}}.', ['\\boxed'])).toBe('\\boxed{\\frac{1}{2}}')
  expect(lastBoxedText('\\fbox{x}', ['\\boxed', '\\fbox'])).toBe('\\fbox{x}')
})

it('gives nothing for a box that stays open, even when an earlier one closes', () => {
  expect(lastBoxedText('\\boxed{1} \\boxed{2', ['\\boxed'])).toBeUndefined()
  expect(closingBrace('} {', 0)).toBe(-1)
})

it('unwraps only what is exactly a box', () => {
  expect(unwrapBoxed('\\boxed{x}')).toBe('x')
  expect(unwrapBoxed('\\fbox{x}')).toBeUndefined()
  expect(unwrapBoxed('\\boxed x')).toBeUndefined()
})
