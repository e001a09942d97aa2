import fc from 'fast-check'
import { expect, test } from 'vitest'
import { betaFactors, dynamicBeta, unboundedBeta } from './dynamic-beta.ts'

test('stays in [β, (1 + w)·β], grows with the margin, and is β below 0', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e4, max: 1e4, noNaN: true }),
      fc.double({ min: 0, max: 5, noNaN: true }),
      fc.double({ min: 0.01, max: 5, noNaN: true }),
      (margin, growth, rate) => {
        const [own, more, below] = dynamicBeta([margin, margin + 1, -Math.abs(margin)], { growth, rate })
        expect(own).toBeGreaterThanOrEqual(0.1)
        expect(own).toBeLessThanOrEqual(0.1 * (1 + growth) + 1e-15)
        expect(more).toBeGreaterThanOrEqual(own!)
        expect(below).toBe(0.1)
      },
    ),
  )
})

test('small margins keep their digits; no growth is β whatever the margin', () => {
  expect(betaFactors([1e-12], 0.5)[0]! / 0.5e-12).toBeCloseTo(1, 12)
  expect(Array.from(dynamicBeta([-1e6, 0, 1e6], { growth: 0 }))).toEqual([0.1, 0.1, 0.1])
  expect(Array.from(unboundedBeta([-1e6], { growth: 0 }))).toEqual([0.1])
})

test('refuses what is no β', () => {
  expect(() => dynamicBeta([Number.NaN])).toThrow('no number')
  expect(() => dynamicBeta([1], { rate: 0 })).toThrow('out of range')
})
