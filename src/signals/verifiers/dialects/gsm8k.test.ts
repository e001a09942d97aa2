import { expect, it } from 'vitest'
import { extractGsm8k, scoreGsm8k } from './gsm8k.ts'

it('reads the number after the last #### and drops its commas', () => {
  expect(extractGsm8k('#### 1,243\nno wait\n#### 1,234', 'strict')).toBe('1234')
  expect(extractGsm8k('#### \\pi', 'strict')).toBeUndefined()
  expect(extractGsm8k('#### 7/3', 'strict')).toBe('7')
})

it('reads the last number when flexible, keeps commas, and answers with a dot when there are only dots', () => {
  expect(extractGsm8k('first 3, then 1,234', 'flexible')).toBe('1,234')
  expect(extractGsm8k('it is 5 . Done', 'flexible')).toBe('5')
  expect(extractGsm8k('Well. Well.', 'flexible')).toBe('.')
  expect(extractGsm8k('nothing', 'flexible')).toBeUndefined()
})

it('compares strings', () => {
  expect(scoreGsm8k('#### 42', '42')).toBe(1)
  expect(scoreGsm8k('#### 42.0', '42')).toBe(0)
  expect(scoreGsm8k('42', '42', 'flexible')).toBe(1)
  expect(scoreGsm8k(`#### 42${' '.repeat(300)}`, '42')).toBe(0)
})
