import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GuerdonError } from '../../records/error.ts'
import { krippendorffAlpha } from './krippendorff.ts'

test('Krippendorff’s own example: four observers, twelve units, nominal, α = 0.743', () => {
  const labels = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, -1, -1, -1],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, -1, 3],
    [-1, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, -1],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, -1],
  ]
  expect(krippendorffAlpha(labels)).toBeCloseTo(0.743, 3)
})

test('no order of annotators or items and no renaming of labels matters', () => {
  const label = fc.constantFrom(-1, 0, 1, 2)
  fc.assert(
    fc.property(
      fc.array(fc.array(label, { minLength: 6, maxLength: 6 }), { minLength: 3, maxLength: 3 }),
      (labels) => {
        labels[0]![0] = 0
        labels[1]![0] = 0
        const alpha = krippendorffAlpha(labels)
        expect(alpha).toBeLessThanOrEqual(1)
        expect(krippendorffAlpha([...labels].reverse())).toBeCloseTo(alpha, 12)
        expect(krippendorffAlpha(labels.map((list) => [...list].reverse()))).toBeCloseTo(alpha, 12)
        const renamed = labels.map((list) => list.map((value) => (value === -1 ? -1 : 7 - value)))
        expect(krippendorffAlpha(renamed)).toBeCloseTo(alpha, 12)
      },
    ),
  )
})

test('agreement without a second category, and nothing to compare', () => {
  expect(krippendorffAlpha([[1], [1]])).toBe(1)
  expect(() =>
    krippendorffAlpha([
      [1, -1],
      [-1, 1],
    ]),
  ).toThrow(GuerdonError)
  expect(() => krippendorffAlpha([[1], [1, 0]])).toThrow(GuerdonError)
  expect(() => krippendorffAlpha([])).toThrow(GuerdonError)
})
