import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextKlCoefficient } from './adaptive-kl.ts'

describe('nextKlCoefficient', () => {
  it('moves by at most a fifth of steps / horizon', () => {
    expect(nextKlCoefficient(0.2, 30, 256, { target: 6, horizon: 10_000 })).toBeCloseTo(0.201024, 12)
    expect(nextKlCoefficient(0.2, 0, 256, { target: 6, horizon: 10_000 })).toBeCloseTo(0.198976, 12)
  })

  it('stays at the target, grows above it and shrinks below it', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 50, noNaN: true }), (kl) => {
        const change = nextKlCoefficient(1, kl, 100, { target: 6, horizon: 1000 }) - 1
        expect(Math.sign(change) * Math.sign(kl - 6)).toBeGreaterThanOrEqual(0)
        expect(Math.abs(change)).toBeLessThanOrEqual(0.02 + 1e-12)
      }),
    )
    expect(nextKlCoefficient(0.3, 6, 100, { target: 6, horizon: 1000 })).toBe(0.3)
  })

  it('needs a positive target and horizon', () => {
    expect(() => nextKlCoefficient(1, 1, 1, { target: 0, horizon: 1 })).toThrow(/positive/)
  })
})
