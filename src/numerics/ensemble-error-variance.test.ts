import { expect, test } from 'vitest'
import { ensembleErrorVariance } from './ensemble-error-variance.ts'
import { RandomStream } from './random.ts'

test('the formula is the variance of a mean of correlated errors, and ends at the part that all share', () => {
  const stream = new RandomStream(4)
  let squares = 0
  const draws = 20_000
  for (let draw = 0; draw < draws; draw++) {
    const shared = stream.normal() * Math.sqrt(0.6)
    let mean = 0
    for (let member = 0; member < 4; member++) mean += (shared + stream.normal() * Math.sqrt(0.4)) / 4
    squares += (mean * mean) / draws
  }
  expect(squares).toBeCloseTo(ensembleErrorVariance(1, 0.6, 4), 1)
  expect(ensembleErrorVariance(3, 0.25, 1)).toBe(3)
  expect(ensembleErrorVariance(3, 0.25, 1e12)).toBeCloseTo(0.75, 9)
})
