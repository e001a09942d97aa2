import fc from 'fast-check'
import { expect, test } from 'vitest'
import { logComplement, logSigmoid, sigmoid, softplus } from './sigmoid.ts'

const doubles = fc.double({ min: -1e4, max: 1e4, noNaN: true })

test('known values and limits', () => {
  expect(sigmoid(0)).toBe(0.5)
  expect(sigmoid(Number.NEGATIVE_INFINITY)).toBe(0)
  expect(sigmoid(Number.POSITIVE_INFINITY)).toBe(1)
  expect(sigmoid(-745)).toBeGreaterThan(0)
  expect(logSigmoid(-60)).toBe(-60)
  expect(logSigmoid(60)).toBeCloseTo(-8.75651076269652e-27, 40)
  expect(logSigmoid(60)).toBeLessThan(0)
  expect(logSigmoid(Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY)
  expect(softplus(0)).toBe(Math.LN2)
  expect(softplus(1000)).toBe(1000)
  expect(logComplement(Math.log(0.25))).toBeCloseTo(Math.log(0.75), 15)
  expect(logComplement(-1e-20)).toBeCloseTo(Math.log(1e-20), 12)
  expect(logComplement(0)).toBe(Number.NEGATIVE_INFINITY)
  for (const f of [sigmoid, logSigmoid, softplus, logComplement]) expect(f(Number.NaN)).toBeNaN()
})

test('σ(x) + σ(−x) = 1, log σ(x) = −softplus(−x), and nothing overflows', () => {
  fc.assert(
    fc.property(doubles, (x) => {
      expect(sigmoid(x) + sigmoid(-x)).toBeCloseTo(1, 15)
      expect(logSigmoid(x)).toBe(-softplus(-x))
      expect(Number.isFinite(logSigmoid(x))).toBe(true)
      expect(logSigmoid(x)).toBeLessThanOrEqual(0)
      expect(Math.exp(logSigmoid(x))).toBeCloseTo(sigmoid(x), 14)
    }),
  )
})
