import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { klEstimates } from './kl-estimate.ts'

const one = (d: number, estimator: 'k1' | 'abs' | 'k2' | 'k3', clamped = true) =>
  klEstimates(Float64Array.of(d), Float64Array.of(0), estimator, { clamped })[0]!

describe('klEstimates', () => {
  it('gives hand-derived numbers', () => {
    expect(one(-0.5, 'k1')).toBe(-0.5)
    expect(one(-0.5, 'abs')).toBe(0.5)
    expect(one(-0.5, 'k2')).toBe(0.125)
    expect(one(1, 'k3')).toBeCloseTo(Math.exp(-1), 12)
  })

  it('k3 is never negative and 0 for equal log-probabilities', () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 30, noNaN: true }), (d) => {
        expect(one(d, 'k3')).toBeGreaterThanOrEqual(0)
        expect(one(d, 'k3', false)).toBeGreaterThanOrEqual(0)
      }),
    )
    expect(one(0, 'k3')).toBe(0)
  })

  it('holds k3 at 10 only when clamped', () => {
    expect(one(-5, 'k3')).toBe(10)
    expect(one(-5, 'k3', false)).toBeCloseTo(Math.exp(5) - 6, 9)
    expect(Number.isFinite(one(-1e6, 'k3'))).toBe(true)
  })

  it('k1 and k3 have the mean of the exact KL of two Bernoulli policies', () => {
    const [p, q] = [0.3, 0.6]
    const exact = p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q))
    for (const estimator of ['k1', 'k3'] as const) {
      const [right, wrong] = klEstimates(
        Float64Array.of(Math.log(p), Math.log(1 - p)),
        Float64Array.of(Math.log(q), Math.log(1 - q)),
        estimator,
      )
      expect(p * right! + (1 - p) * wrong!).toBeCloseTo(exact, 12)
    }
  })

  it('needs arrays of one length', () => {
    expect(() => klEstimates(new Float64Array(2), new Float64Array(1), 'k1')).toThrow(/another number/)
  })
})
