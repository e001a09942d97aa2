import fc from 'fast-check'
import { expect, it } from 'vitest'
import { meanPassAtK, passAtK } from './pass-at-k.ts'

it('is the hypergeometric chance of at least one right sample', () => {
  expect(passAtK(8, 3, 1)).toBeCloseTo(0.375, 12)
  expect(passAtK(8, 3, 4)).toBeCloseTo(1 - 5 / 70, 12)
  expect(passAtK(8, 3, 6)).toBe(1)
  expect(passAtK(8, 0, 8)).toBe(0)
  expect(passAtK(10_000, 1, 5000)).toBeCloseTo(0.5, 9)
})

it('averages over prompts', () => {
  expect(
    meanPassAtK(
      [
        [0, 0],
        [1, 0],
        [1, 1],
      ],
      1,
    ),
  ).toBeCloseTo(0.5, 12)
})

it('refuses k beyond the samples, and no prompts', () => {
  expect(() => passAtK(4, 1, 5)).toThrow(/k ≤ samples/)
  expect(() => passAtK(4, 5, 1)).toThrow(/right ≤ samples/)
  expect(() => meanPassAtK([], 1)).toThrow(/at least one/)
})

it('grows with k and with the number of right samples, and pass@1 is their share', () => {
  const cases = fc
    .integer({ min: 2, max: 60 })
    .chain((n) => fc.tuple(fc.constant(n), fc.nat(n - 1), fc.integer({ min: 1, max: n - 1 })))
  fc.assert(
    fc.property(cases, ([n, c, k]) => {
      expect(passAtK(n, c, k + 1)).toBeGreaterThanOrEqual(passAtK(n, c, k) - 1e-12)
      expect(passAtK(n, c + 1, k)).toBeGreaterThanOrEqual(passAtK(n, c, k) - 1e-12)
      expect(passAtK(n, c, 1)).toBeCloseTo(c / n, 9)
    }),
  )
})
