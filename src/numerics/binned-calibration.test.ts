import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GuerdonError } from '../records/error.ts'
import { binnedCalibration, symmetrised } from './binned-calibration.ts'

test('the expected error is at most the largest, bins count every entry, and no order matters', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(1), fc.double({ min: 0, max: 1, noNaN: true })), { minLength: 1 }),
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom('uniform' as const, 'quantile' as const),
      fc.constantFrom('upper' as const, 'lower' as const),
      (entries, bins, strategy, edge) => {
        const run = (list: typeof entries) =>
          binnedCalibration(
            list.map(([label]) => label),
            list.map(([, p]) => p),
            { bins, strategy, edge },
          )
        const found = run(entries)
        expect(found.bins.reduce((sum, { count }) => sum + count, 0)).toBe(entries.length)
        expect(found.expected).toBeLessThanOrEqual(found.maximum + 1e-12)
        expect(found.average).toBeLessThanOrEqual(found.maximum + 1e-12)
        const turned = run([...entries].reverse())
        expect(turned.expected).toBeCloseTo(found.expected, 12)
        expect(turned.bins.map(({ count }) => count)).toEqual(found.bins.map(({ count }) => count))
      },
    ),
  )
})

test('an edge belongs to the upper bin, or to the lower one where that is asked', () => {
  const binOf = (p: number, edge: 'upper' | 'lower') => binnedCalibration([1], [p], { edge }).bins[0]!.bin
  expect(binOf(0.5, 'upper')).toBe(5)
  expect(binOf(0.5, 'lower')).toBe(4)
  expect(binOf(1, 'upper')).toBe(9)
  expect(binOf(0, 'lower')).toBe(0)
})

test('pairs listed preferred-first are calibrated only after both orders are counted', () => {
  const p = [0.75, 0.75, 0.75, 0.25]
  // Right three times in four at 75 %: nothing is wrong with it.
  const { labels, probabilities } = symmetrised(p)
  expect(binnedCalibration(labels, probabilities).expected).toBeCloseTo(0, 12)
  expect(binnedCalibration([1, 1, 1, 1], p).expected).toBeGreaterThan(0.3)
})

test('what is no probability or label is refused', () => {
  expect(() => binnedCalibration([1], [1.5])).toThrow(GuerdonError)
  expect(() => binnedCalibration([0.5], [0.5])).toThrow(GuerdonError)
  expect(() => binnedCalibration([1, 0], [0.5])).toThrow(GuerdonError)
  expect(() => binnedCalibration([1], [0.5], { bins: 0 })).toThrow(GuerdonError)
})
