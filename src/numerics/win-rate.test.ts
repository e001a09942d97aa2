import { expect, test } from 'vitest'
import { GuerdonError } from '../records/error.ts'
import { winRate } from './win-rate.ts'

test('two sides share every win, and ties count half', () => {
  const a = [3, 1, 1, Number.POSITIVE_INFINITY]
  const b = [2, 1, 4, Number.POSITIVE_INFINITY]
  expect(winRate(a, b)).toBe(0.5)
  expect(winRate([5, 6], [1, 2])).toBe(1)
  expect(winRate(a, b) + winRate(b, a)).toBe(1)
})

test('nothing to compare, other lengths and NaN are refused', () => {
  expect(() => winRate([], [])).toThrow(GuerdonError)
  expect(() => winRate([1], [1, 2])).toThrow(GuerdonError)
  expect(() => winRate([Number.NaN], [1])).toThrow(GuerdonError)
})
