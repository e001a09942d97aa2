import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normalDistribution, normalQuantile } from './normal-distribution.ts'

// 40-digit values, rounded to doubles.
const DISTRIBUTION: readonly (readonly [number, number])[] = [
  [-37, 5.725571222524577e-300],
  [-30, 4.906713927148187e-198],
  [-8, 6.220960574271784e-16],
  [-5.6, 1.071759025831093e-8],
  [-3, 0.0013498980316300946],
  [-1.5, 0.06680720126885807],
  [-0.675, 0.249837882471777],
  [-0.67, 0.2514288950953101],
  [-0.1, 0.460172162722971],
  [0.3, 0.6179114221889527],
  [0.7, 0.758036347776927],
  [1.96, 0.9750021048517795],
  [4, 0.9999683287581669],
]
const QUANTILES: readonly (readonly [number, number])[] = [
  [0.001, -3.0902323061678136],
  [0.02, -2.053748910631823],
  [0.074, -1.4466320671589785],
  [0.08, -1.4050715603096327],
  [0.15, -1.0364333894937896],
  [0.85, 1.0364333894937894],
  [0.95, 1.6448536269514722],
  [0.999, 3.090232306167813],
  [1e-12, -7.034483825301132],
  [1e-100, -21.273453560965326],
  [1e-300, -37.0470962993612],
]

test('Φ agrees with 40-digit values, far into the lower tail', () => {
  for (const [x, expected] of DISTRIBUTION) {
    expect(Math.abs(normalDistribution(x) / expected - 1), `Φ(${x})`).toBeLessThan(1e-13)
  }
})

test('Φ⁻¹ agrees with 40-digit values', () => {
  for (const [p, expected] of QUANTILES) {
    expect(Math.abs(normalQuantile(p) - expected), `Φ⁻¹(${p})`).toBeLessThan(1e-14 * Math.max(1, -expected))
  }
  expect(normalQuantile(0.5)).toBe(0)
})

test('the limits are exact, and what is no probability is refused', () => {
  expect(normalDistribution(Number.NEGATIVE_INFINITY)).toBe(0)
  expect(normalDistribution(Number.POSITIVE_INFINITY)).toBe(1)
  expect(normalDistribution(Number.NaN)).toBeNaN()
  expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY)
  expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY)
  for (const p of [-0.1, 1.1, Number.NaN]) expect(() => normalQuantile(p)).toThrow(/probability/)
})

test('Φ and Φ⁻¹ undo one another, and Φ is symmetric and increasing', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -6, max: 6, noNaN: true }),
      fc.double({ min: 1e-4, max: 1, noNaN: true }),
      (x, step) => {
        expect(normalDistribution(x) + normalDistribution(-x)).toBeCloseTo(1, 14)
        expect(normalDistribution(x + step)).toBeGreaterThanOrEqual(normalDistribution(x))
        const lower = -Math.abs(x)
        expect(normalQuantile(normalDistribution(lower))).toBeCloseTo(lower, 11)
      },
    ),
  )
})
