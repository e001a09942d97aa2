import fc from 'fast-check'
import { expect, test } from 'vitest'
import { adaptiveK } from './adaptive-k.ts'

test('never rises with the confidence and stays within 0 and k_max', () => {
  const p = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(p, p, fc.integer({ min: 0, max: 40 }), (one, other, kMax) => {
      const [low, high] = [Math.min(one, other), Math.max(one, other)]
      expect(adaptiveK(high, kMax)).toBeLessThanOrEqual(adaptiveK(low, kMax))
      expect(adaptiveK(one, kMax)).toBeGreaterThanOrEqual(0)
      expect(adaptiveK(one, kMax)).toBeLessThanOrEqual(kMax)
    }),
  )
})

test('rounds before it rounds up', () => {
  // 10·(1 − 0.7) is 3.0000000000000004 in doubles.
  expect(adaptiveK(0.7, 10)).toBe(3)
  expect(adaptiveK(0.875)).toBe(1)
})

test('refuses what is no probability and no number of pairs', () => {
  expect(() => adaptiveK(1.1)).toThrow('p is no probability')
  expect(() => adaptiveK(Number.NaN)).toThrow('p is no probability')
  expect(() => adaptiveK(0.5, 1.5)).toThrow('k_max')
})
