import { expect, test } from 'vitest'
import { preferenceStrength } from './preference-strength.ts'
import { RandomStream } from '../../numerics/random.ts'

test('the margin follows the probability, stays on the scale and has the noise it is given', () => {
  const stream = new RandomStream(8)
  const sure = preferenceStrength(stream, new Float64Array(500).fill(0.95))
  const unsure = preferenceStrength(stream, new Float64Array(500).fill(0.5))
  const mean = (values: Int8Array): number => values.reduce((sum, value) => sum + value, 0) / values.length
  expect(mean(sure)).toBeGreaterThan(2)
  expect(Math.abs(mean(unsure))).toBeLessThan(0.2)
  expect(new Set(unsure).size).toBeGreaterThan(1)
  for (const value of preferenceStrength(stream, new Float64Array(500).fill(1), 10))
    expect(Math.abs(value)).toBeLessThanOrEqual(3)
})
