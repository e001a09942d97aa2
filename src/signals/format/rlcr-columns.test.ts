import { expect, it } from 'vitest'
import { rlcrColumns } from './rlcr-columns.ts'

const completion = (answer: string, confidence: string) =>
  `x</think><answer>${answer}</answer><analysis>y</analysis><confidence>${confidence}</confidence>`

it('pays half of format, accuracy and one minus the squared error', () => {
  const right = rlcrColumns(completion('The Paris!', '0.35'), 'Paris', { pattern: 'tabc' })
  expect(right).toMatchObject({ format: 1, accuracy: 1, meanConfidence: 0.35, confidenceOneOrZero: 0 })
  expect(right.brier).toBeCloseTo(0.5775, 12)
  expect(right.total).toBeCloseTo(1.28875, 12)
})

it('pays nothing for a malformed completion', () => {
  const malformed = rlcrColumns(completion('Paris', '1.2'), 'Paris', { pattern: 'tabc' })
  expect(malformed).toEqual({
    format: 0,
    accuracy: 0,
    brier: 0,
    total: 0,
    meanConfidence: 1,
    confidenceOneOrZero: 1,
  })
})

it('treats "nan" as malformed unless asked for the authors’ behaviour', () => {
  expect(rlcrColumns(completion('Paris', 'nan'), 'Paris', { pattern: 'tabc' }).total).toBe(0)
  const accepted = rlcrColumns(completion('Paris', 'nan'), 'Paris', { pattern: 'tabc', notANumber: 'accept' })
  expect(accepted.accuracy).toBe(1)
  expect(accepted.brier).toBeNaN()
})
