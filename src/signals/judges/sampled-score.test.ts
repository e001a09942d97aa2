import { expect, test } from 'vitest'
import { meanOfSamples } from './sampled-score.ts'

test('unreadable samples are left out, and no readable one is no score', () => {
  expect(meanOfSamples([1, null, 3, Number.NaN, undefined])).toBe(2)
  expect(meanOfSamples([null])).toBeUndefined()
  expect(meanOfSamples([])).toBeUndefined()
})
