import { expect, test } from 'vitest'
import { meanStrength } from './mean-strength.ts'

test('ties count for the mean and not for the share; nothing decided gives no share', () => {
  expect(meanStrength([-3, 1, 0, 0])).toEqual({ mean: -0.5, shareSecond: 0.5 })
  expect(meanStrength([0])).toEqual({ mean: 0, shareSecond: null })
  expect(meanStrength([])).toEqual({ mean: null, shareSecond: null })
  expect(() => meanStrength([Number.POSITIVE_INFINITY])).toThrow('label 0')
})
