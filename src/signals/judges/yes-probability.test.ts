import { expect, test } from 'vitest'
import { GuerdonError } from '../../records/error.ts'
import { joinedLogProbability, yesProbability } from './yes-probability.ts'

test('what both words share cancels, heat evens out, and swapping gives the complement', () => {
  expect(yesProbability(3, 1)).toBe(yesProbability(103, 101))
  expect(yesProbability(3, 1, 10)).toBeLessThan(yesProbability(3, 1))
  expect(yesProbability(3, 1) + yesProbability(1, 3)).toBeCloseTo(1, 15)
  expect(yesProbability(0, Number.NEGATIVE_INFINITY)).toBe(1)
})

test('spellings add up as probabilities', () => {
  expect(Math.exp(joinedLogProbability([Math.log(0.2), Math.log(0.3)]))).toBeCloseTo(0.5, 14)
  expect(joinedLogProbability([])).toBe(Number.NEGATIVE_INFINITY)
  expect(joinedLogProbability([-1000, -1000])).toBeCloseTo(-1000 + Math.LN2, 12)
})

test('neither word and no temperature are refused', () => {
  expect(() => yesProbability(Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY)).toThrow(GuerdonError)
  expect(() => yesProbability(1, 0, 0)).toThrow(GuerdonError)
})
