import { expect, it } from 'vitest'
import { equalPrimeNumbers, extractPrimeMath, scorePrimeMath } from './prime-math.ts'

it.each([
  ['The answer is x = 5', true, '5'],
  ['Therefore the final answer is $3/7$. I hope it is correct.', true, '$3/7$'],
  ['so \\boxed{\\frac{3}{4}} done', true, '\\frac{3}{4}'],
  ['42 is the answer', true, '42'],
  ['Answer: \\pi', false, '\\pi'],
  ['42', false, '42'],
])('reads %s', (completion, matched, text) => {
  expect(extractPrimeMath(completion)).toEqual({ matched, text })
})

it('accepts a number off by a factor of 100, and π as 3.14', () => {
  expect(equalPrimeNumbers('0.52', '52')).toBe(true)
  expect(equalPrimeNumbers('0.52', '5.2')).toBe(false)
  expect(equalPrimeNumbers('2\\pi', '6.28')).toBe(true)
  expect(equalPrimeNumbers('x', '1')).toBe(false)
})

it('scores 1 or 0', () => {
  expect(scorePrimeMath('The answer is 2.0', '2')).toBe(1)
  expect(scorePrimeMath('The answer is 3', '2')).toBe(0)
})
