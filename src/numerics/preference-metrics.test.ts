import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GuerdonError } from '../records/error.ts'
import { preferenceMetrics } from './preference-metrics.ts'

test('turning pairs and labels round changes nothing, and turning only labels gives the complement', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ min: -30, max: 30, noNaN: true }), fc.nat(1)), { minLength: 1 }),
      (pairs) => {
        const differences = pairs.map(([difference]) => difference)
        const labels = pairs.map(([, label]) => label)
        const opposite = labels.map((label) => 1 - label)
        const found = preferenceMetrics(differences, labels)
        const turned = preferenceMetrics(
          differences.map((difference) => -difference),
          opposite,
        )
        expect(turned.accuracy).toBeCloseTo(found.accuracy, 12)
        expect(turned.logLoss).toBeCloseTo(found.logLoss, 12)
        expect(turned.brier).toBeCloseTo(found.brier, 12)
        expect(preferenceMetrics(differences, opposite).accuracy).toBeCloseTo(1 - found.accuracy, 12)
        expect(found.strictAccuracy).toBeLessThanOrEqual(found.accuracy)
      },
    ),
  )
})

test('a tie is half right, and wrong in the strict count', () => {
  expect(preferenceMetrics([0, 3], [1, 1])).toMatchObject({ accuracy: 0.75, strictAccuracy: 0.5, ties: 1 })
})

test('huge differences stay finite', () => {
  const { logLoss, brier } = preferenceMetrics([800, -800], [0, 0])
  expect(logLoss).toBeCloseTo(400, 9)
  expect(brier).toBe(0.5)
})

test('no pairs, missing labels and NaN are refused', () => {
  expect(() => preferenceMetrics([], [])).toThrow(GuerdonError)
  expect(() => preferenceMetrics([1], [])).toThrow(GuerdonError)
  expect(() => preferenceMetrics([Number.NaN], [1])).toThrow(GuerdonError)
})
