import fc from 'fast-check'
import { expect, test } from 'vitest'
import { krippendorffAlpha } from './krippendorff-alpha.ts'

test('the example of Krippendorff (2011), four observers with missing data', () => {
  // Units 1 to 12 of his table; the last has one label only.
  const units = [
    [1, 1, 1],
    [2, 2, 3, 2],
    [3, 3, 3, 3],
    [3, 3, 3, 3],
    [2, 2, 2, 2],
    [1, 2, 3, 4],
    [4, 4, 4, 4],
    [1, 1, 2, 1],
    [2, 2, 2, 2],
    [5, 5, 5],
    [1, 1],
    [3],
  ]
  expect(krippendorffAlpha(units)).toBeCloseTo(0.743, 3)
  expect(krippendorffAlpha(units, 'interval')).toBeCloseTo(0.849, 3)
})

test('does not depend on the order of items or labels; renaming labels changes nothing', () => {
  const items = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 5 }), { maxLength: 12 })
  fc.assert(
    fc.property(items, (list) => {
      const value = krippendorffAlpha(list)
      const turned = krippendorffAlpha(
        list.map((labels) => labels.map((label) => 7 - label).reverse()).reverse(),
      )
      if (value === null) expect(turned).toBeNull()
      else {
        expect(turned).toBeCloseTo(value, 10)
        expect(value).toBeLessThanOrEqual(1)
      }
    }),
  )
})

test('has no value where nothing can disagree', () => {
  expect(krippendorffAlpha([])).toBeNull()
  expect(krippendorffAlpha([[1, 1], [1]])).toBeNull()
  expect(
    krippendorffAlpha([
      [1, 1],
      [2, 2],
    ]),
  ).toBe(1)
})
