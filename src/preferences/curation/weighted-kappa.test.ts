import fc from 'fast-check'
import { expect, test } from 'vitest'
import { weightedKappa } from './weighted-kappa.ts'

const labels = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })), {
  minLength: 1,
  maxLength: 30,
})

test('is symmetric, at most 1, 1 for agreement; two labels make all weights equal', () => {
  fc.assert(
    fc.property(labels, (list) => {
      const first = list.map(([label]) => label)
      const second = list.map(([, label]) => label)
      for (const weights of ['none', 'linear', 'quadratic'] as const) {
        const kappa = weightedKappa(first, second, weights)
        const exchanged = weightedKappa(second, first, weights)
        if (kappa === null) expect(exchanged).toBeNull()
        else expect(exchanged).toBeCloseTo(kappa, 12)
        if (kappa !== null) expect(kappa).toBeLessThanOrEqual(1)
        const own = weightedKappa(first, first, weights)
        if (own !== null) expect(own).toBeCloseTo(1, 12)
      }
      const binary = (values: number[]) => values.map((value) => value % 2)
      const plain = weightedKappa(binary(first), binary(second), 'none')
      const squared = weightedKappa(binary(first), binary(second), 'quadratic')
      if (plain === null) expect(squared).toBeNull()
      else expect(squared).toBeCloseTo(plain, 12)
    }),
  )
})

test('by hand: observed 3/4, expected 1/2', () => {
  expect(weightedKappa([0, 0, 1, 1], [0, 1, 1, 1], 'none')).toBeCloseTo((0.75 - 0.5) / 0.5, 12)
})

test('has no value where no disagreement is expected, and refuses labels off the scale', () => {
  expect(weightedKappa([2, 2], [2, 2])).toBeNull()
  expect(weightedKappa([], [])).toBeNull()
  expect(() => weightedKappa([1], [4], 'none', [1, 2])).toThrow('item 0')
  expect(() => weightedKappa([1], [])).toThrow('same items')
})
