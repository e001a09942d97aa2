import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitPolynomial } from './polynomial-fit.ts'

test('a polynomial of the degree itself is found again', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 1, maxLength: 8 }),
      (coefficients) => {
        const x = Float64Array.from({ length: 30 }, (_, index) => -2 + index * 0.15)
        const y = x.map((point) =>
          coefficients.reduce((value, coefficient) => value * point + coefficient, 0),
        )
        const fitted = fitPolynomial(x, y, coefficients.length - 1)
        coefficients.forEach((coefficient, index) => {
          expect(Math.abs(fitted[index]! - coefficient)).toBeLessThan(1e-8)
        })
      },
    ),
  )
})

test('the line of least squares through three points, by hand', () => {
  // slope Σ(x − 1)(y − 3)/Σ(x − 1)² = (3 + 2)/2, through (1, 3)
  const [slope, constant] = fitPolynomial(Float64Array.of(0, 1, 2), Float64Array.of(0, 4, 5), 1)
  expect(slope).toBeCloseTo(2.5, 14)
  expect(constant).toBeCloseTo(0.5, 14)
})

test('points that fix no polynomial are refused', () => {
  expect(() => fitPolynomial(Float64Array.of(1, 1), Float64Array.of(0, 1), 1)).toThrow(/degree 1/)
})
