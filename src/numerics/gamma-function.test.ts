import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logBeta, logGamma } from './gamma-function.ts'

describe('logGamma', () => {
  it('gives factorials and the root of π', () => {
    let factorial = 1
    for (let n = 1; n <= 20; n++) {
      expect(Math.abs(logGamma(n) - Math.log(factorial))).toBeLessThan(
        1e-13 * Math.max(1, Math.log(factorial)),
      )
      factorial *= n
    }
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 13)
  })

  it('obeys the recurrence and the duplication formula', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (x) => {
        const scale = Math.max(1, Math.abs(logGamma(x)))
        expect(Math.abs(logGamma(x + 1) - logGamma(x) - Math.log(x))).toBeLessThan(1e-12 * scale)
        const doubled = logGamma(x) + logGamma(x + 0.5)
        const expected = (1 - 2 * x) * Math.LN2 + Math.log(Math.PI) / 2 + logGamma(2 * x)
        expect(Math.abs(doubled - expected)).toBeLessThan(1e-11 * Math.max(1, Math.abs(expected), scale))
      }),
    )
  })

  it('fails where there is no value', () => {
    for (const x of [0, -1, Number.NaN]) expect(() => logGamma(x)).toThrow(/positive/)
    expect(logGamma(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('logBeta', () => {
  it('is ln of (a − 1)! (b − 1)! / (a + b − 1)!', () => {
    expect(logBeta(2, 3)).toBeCloseTo(Math.log(1 / 12), 13)
  })
})
