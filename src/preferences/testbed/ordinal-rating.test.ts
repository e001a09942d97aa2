import { expect, test } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'
import { drawRater, ratingProbabilities, ratingThresholds, sampleRatings } from './ordinal-rating.ts'

const stream = new RandomStream(3)
const utilities = Float64Array.from({ length: 4000 }, () => stream.normal())

test('ratings of an item sum to 1 and rise with utility', () => {
  const thresholds = ratingThresholds(utilities)
  const p = ratingProbabilities([-2, 0, 2], thresholds, 0.5)
  const mean = (row: number): number => [1, 2, 3, 4, 5].reduce((sum, r, at) => sum + r * p[row * 5 + at]!, 0)
  for (let row = 0; row < 3; row++) {
    const sum = p.subarray(row * 5, row * 5 + 5).reduce((total, value) => total + value, 0)
    expect(sum).toBeCloseTo(1, 14)
  }
  expect(mean(0)).toBeLessThan(mean(1))
  expect(mean(1)).toBeLessThan(mean(2))
})

test('sharp ratings meet the shares of the quantiles', () => {
  const before = utilities.slice()
  const ratings = sampleRatings(new RandomStream(1), utilities, ratingThresholds(utilities), 1e-6)
  const shares = [1, 2, 3, 4, 5].map((r) => ratings.filter((rating) => rating === r).length / ratings.length)
  for (const [index, share] of [0.1, 0.2, 0.4, 0.2, 0.1].entries())
    expect(shares[index]).toBeCloseTo(share, 2)
  expect(utilities).toEqual(before)
})

test('a lenient rater gives higher ratings, and raters differ as said', () => {
  const thresholds = ratingThresholds(utilities)
  const mean = (shift: number): number => {
    const ratings = sampleRatings(new RandomStream(2), utilities, thresholds, 1, { shift, stretch: 1 })
    return ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length
  }
  expect(mean(1)).toBeGreaterThan(mean(0))
  const source = new RandomStream(4)
  const raters = Array.from({ length: 4000 }, () => drawRater(source))
  const deviation = (values: number[]): number => {
    const centre = values.reduce((sum, value) => sum + value, 0) / values.length
    return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length)
  }
  expect(deviation(raters.map(({ shift }) => shift))).toBeCloseTo(0.5, 1)
  expect(deviation(raters.map(({ stretch }) => Math.log(stretch)))).toBeCloseTo(0.3, 1)
})

test('thresholds that do not rise, and no scale, are refused', () => {
  expect(() => ratingProbabilities([0], [1, 1], 1)).toThrow(GuerdonError)
  expect(() => ratingProbabilities([0], [1], 0)).toThrow(GuerdonError)
})
