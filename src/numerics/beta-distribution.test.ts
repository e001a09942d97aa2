import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { betaFromMoments, betaLogDensity } from './beta-distribution.ts'

describe('betaLogDensity', () => {
  it('is that of the uniform distribution for α = β = 1, at the ends too', () => {
    for (const x of [0, 0.3, 1]) expect(betaLogDensity(x, { alpha: 1, beta: 1 })).toBeCloseTo(0, 14)
  })

  it('integrates to 1', () => {
    for (const [alpha, beta] of [
      [2, 3],
      [1.5, 1.5],
      [4, 1],
    ] as const) {
      let area = 0
      for (let step = 0; step < 20_000; step++) {
        area += Math.exp(betaLogDensity((step + 0.5) / 20_000, { alpha, beta })) / 20_000
      }
      expect(area).toBeCloseTo(1, 5)
    }
  })

  it('is −∞ where the density is 0', () => {
    expect(betaLogDensity(0, { alpha: 2, beta: 1 })).toBe(Number.NEGATIVE_INFINITY)
  })
})

describe('betaFromMoments', () => {
  it('finds the parameters again', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 20, noNaN: true }),
        fc.double({ min: 0.05, max: 20, noNaN: true }),
        (alpha, beta) => {
          const total = alpha + beta
          const fit = betaFromMoments(alpha / total, (alpha * beta) / (total * total * (total + 1)))
          expect(Math.abs(fit.alpha - alpha)).toBeLessThan(1e-9 * Math.max(1, alpha))
          expect(Math.abs(fit.beta - beta)).toBeLessThan(1e-9 * Math.max(1, beta))
        },
      ),
    )
  })

  it('is not positive for more spread than a Beta distribution can have', () => {
    expect(betaFromMoments(0.5, 0.26).alpha).toBeLessThan(0)
  })
})
