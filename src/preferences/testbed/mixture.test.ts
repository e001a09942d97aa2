import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GuerdonError } from '../../records/error.ts'
import { mixtureBounds } from './mixture.ts'

test('knowing the group never hurts, and one group is as good as none', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 8, maxLength: 8 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 0.5, noNaN: true }),
      (differences, share, flip) => {
        const bounds = mixtureBounds([share, 1 - share], differences, { flip, lapse: 0.1 })
        expect(bounds.accuracyWithGroup).toBeGreaterThanOrEqual(bounds.accuracyWithoutGroup - 1e-12)
        expect(bounds.entropyWithGroup).toBeLessThanOrEqual(bounds.entropyWithoutGroup + 1e-12)
        expect(bounds.accuracyWithoutGroup).toBeGreaterThanOrEqual(0.5)
        const alone = mixtureBounds([1], differences)
        expect(alone.accuracyWithGroup).toBeCloseTo(alone.accuracyWithoutGroup, 12)
      },
    ),
  )
})

test('certain answers have no entropy', () => {
  expect(mixtureBounds([1], [1e6]).entropyWithGroup).toBe(0)
})

test('no distribution and no pairs are refused', () => {
  expect(() => mixtureBounds([0.5, 0.6], [1, 2])).toThrow(GuerdonError)
  expect(() => mixtureBounds([1.5, -0.5], [1, 2])).toThrow(GuerdonError)
  expect(() => mixtureBounds([0.5, 0.5], [1, 2, 3])).toThrow(GuerdonError)
  expect(() => mixtureBounds([1], [])).toThrow(GuerdonError)
})
