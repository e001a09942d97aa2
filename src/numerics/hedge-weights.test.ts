import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hedgeWeights } from './hedge-weights.ts'
import { softplus } from './sigmoid.ts'

const margins = (pairs: number, heads: number): fc.Arbitrary<number[]> =>
  fc.array(fc.double({ min: -6, max: 6, noNaN: true }), {
    minLength: pairs * heads,
    maxLength: pairs * heads,
  })

test('weights are the posterior of the heads, whatever the order of the pairs', () => {
  fc.assert(
    fc.property(margins(5, 3), (given) => {
      const last = hedgeWeights(given, 3).weights.slice(-3)
      const likelihoods = [0, 1, 2].map((k) =>
        [0, 1, 2, 3, 4].reduce((product, pair) => product / (1 + Math.exp(-given[3 * pair + k]!)), 1),
      )
      const sum = likelihoods.reduce((a, b) => a + b, 0)
      likelihoods.forEach((likelihood, k) => {
        expect(last[k]).toBeCloseTo(likelihood / sum, 10)
      })
    }),
  )
})

test('the regret stays below its bound', () => {
  fc.assert(
    fc.property(margins(40, 4), (given) => {
      const largest = softplus(6)
      const eta = Math.sqrt((8 * Math.log(4)) / 40) / largest
      const { totalLoss } = hedgeWeights(given, 4, { eta })
      const own = [0, 1, 2, 3].map((k) =>
        given.reduce((sum, margin, place) => sum + (place % 4 === k ? softplus(-margin) : 0), 0),
      )
      expect(totalLoss - Math.min(...own)).toBeLessThanOrEqual(
        largest * Math.sqrt((40 * Math.log(4)) / 2) + 1e-9,
      )
    }),
  )
})

test('thousands of hard pairs do not underflow, and η = 0 changes nothing', () => {
  const hard = Array.from({ length: 4000 }, (_, place) => (place % 2 === 0 ? -800 : -799))
  const last = hedgeWeights(hard, 2).weights.slice(-2)
  expect(last[0]).toBe(0)
  expect(last[1]).toBe(1)
  expect(Array.from(hedgeWeights([5, -5], 2, { eta: 0 }).weights)).toEqual([0.5, 0.5])
})

test('a first weight of 0 stays 0; impossible ones are refused', () => {
  const [none, quarter] = hedgeWeights([1, 1, 1], 3, { initial: [0, 1, 3] }).weights
  expect(none).toBe(0)
  expect(quarter).toBeCloseTo(0.25, 14)
  expect(() => hedgeWeights([1, 2], 2, { initial: [1, Number.POSITIVE_INFINITY] })).toThrow('first weights')
  expect(() => hedgeWeights([1, 2, 3], 2)).toThrow('3 margins for 2 heads')
  expect(() => hedgeWeights([1, 2], 2, { initial: [0, 0] })).toThrow('not all 0')
  expect(() => hedgeWeights([1, Number.NaN], 2)).toThrow('not finite')
  expect(() => hedgeWeights([1], 1, { eta: -1 })).toThrow('rate')
})
