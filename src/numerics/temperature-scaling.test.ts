import { expect, test } from 'vitest'
import { GuerdonError } from '../records/error.ts'
import { RandomStream } from './random.ts'
import { sigmoid } from './sigmoid.ts'
import { temperatureScaling } from './temperature-scaling.ts'

test('the scale of labels drawn from σ(Δ/3) is found, and scaling the differences scales it', () => {
  const stream = new RandomStream(6)
  const differences = Float64Array.from({ length: 8000 }, () => 4 * stream.normal())
  const labels = differences.map((difference) => (stream.uniform() < sigmoid(difference / 3) ? 1 : 0))
  const found = temperatureScaling(differences, labels)
  expect(Math.abs(found.temperature - 3)).toBeLessThan(0.25)
  const scaled = temperatureScaling(
    differences.map((difference) => 5 * difference),
    labels,
  )
  expect(scaled.temperature / found.temperature).toBeCloseTo(5, 5)
  expect(scaled.logLoss).toBeCloseTo(found.logLoss, 9)
})

test('it is the minimum, and signs stand for labels', () => {
  const differences = [2, 1, -0.5, 3]
  const { temperature, logLoss } = temperatureScaling(differences)
  const loss = (t: number) =>
    differences.reduce((sum, difference) => sum + Math.log1p(Math.exp(-difference / t)), 0) / 4
  expect(loss(temperature)).toBeCloseTo(logLoss, 12)
  expect(loss(temperature * 1.01)).toBeGreaterThan(logLoss)
  expect(loss(temperature * 0.99)).toBeGreaterThan(logLoss)
  expect(temperatureScaling([2, -1, -0.5, 3], [1, 0, 1, 1])).toEqual({
    ...temperatureScaling([2, 1, -0.5, 3]),
  })
})

test('where every sign is right, or all are wrong, the end of the range is said to be one', () => {
  expect(temperatureScaling([1, 2]).atBound).toBe(true)
  expect(temperatureScaling([-1, -2]).atBound).toBe(true)
  expect(temperatureScaling([1, -1, 2]).atBound).toBe(false)
  expect(() => temperatureScaling([])).toThrow(GuerdonError)
  expect(() => temperatureScaling([Number.NaN])).toThrow(GuerdonError)
})
