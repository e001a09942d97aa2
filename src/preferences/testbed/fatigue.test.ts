import { expect, test } from 'vitest'
import { GuerdonError } from '../../records/error.ts'
import { fatiguedFlipRate } from './fatigue.ts'

const tired = { start: 0.05, end: 0.3, tau: 100 }

test('the rate begins at the start, rises and ends at the end', () => {
  expect(fatiguedFlipRate(0, tired)).toBe(0.05)
  expect(fatiguedFlipRate(100, tired)).toBeCloseTo(0.05 + 0.25 * (1 - Math.exp(-1)), 15)
  expect(fatiguedFlipRate(1e9, tired)).toBeCloseTo(0.3, 15)
})

test('no time constant, no rate', () => {
  expect(() => fatiguedFlipRate(1, { ...tired, tau: 0 })).toThrow(GuerdonError)
  expect(() => fatiguedFlipRate(-1, tired)).toThrow(GuerdonError)
})
