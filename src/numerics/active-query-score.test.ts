import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  answerInformation,
  answerInformationAsPublished,
  leastPosteriorEntropy,
} from './active-query-score.ts'

const numbers = (size: number): fc.Arbitrary<number[]> =>
  fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: size, maxLength: size })

test('information lies between 0 and the logarithm of the number of answers', () => {
  fc.assert(
    fc.property(numbers(12), numbers(12), (mean, logVariance) => {
      const found = answerInformation(mean, logVariance, 3)
      expect(found).toBeGreaterThanOrEqual(0)
      expect(found).toBeLessThanOrEqual(Math.log(4) + 1e-12)
    }),
  )
})

test('answers that lead apart tell all, answers that change nothing tell nothing', () => {
  expect(answerInformation([-50, 50], [0, 0], 1)).toBeCloseTo(Math.LN2, 12)
  expect(answerInformation([1, 1, 1], [2, 2, 2], 1)).toBe(0)
  // The published score sees variances only and takes both for the same.
  expect(answerInformationAsPublished([0, 0], 1)).toBe(0)
})

test('it is at least the information of a numerical integral', () => {
  // Two unit Gaussians at ±1: H(mixture) − H by quadrature.
  const density = (x: number): number =>
    (Math.exp(-((x - 1) ** 2) / 2) + Math.exp(-((x + 1) ** 2) / 2)) / (2 * Math.sqrt(2 * Math.PI))
  let entropy = 0
  for (let x = -12; x < 12; x += 1e-3) entropy -= 1e-3 * density(x) * Math.log(density(x))
  const exact = entropy - 0.5 * Math.log(2 * Math.PI * Math.E)
  const found = answerInformation([-1, 1], [0, 0], 1)
  expect(found).toBeGreaterThanOrEqual(exact)
  expect(found).toBeLessThan(exact + 0.3)
})

test('the least entropy is that of the sharpest posterior', () => {
  expect(leastPosteriorEntropy([0, -2, 1], 1)).toBeCloseTo(0.5 * (1 + Math.log(2 * Math.PI) - 2), 12)
  expect(() => leastPosteriorEntropy([], 1)).toThrow('at least one posterior')
  expect(() => answerInformation([1], [1, 2], 1)).toThrow('1 means and 2 variances')
})
