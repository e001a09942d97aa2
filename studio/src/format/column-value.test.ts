import { expect, test } from 'vitest'
import { barValue, valueText } from './column-value.ts'

test('numbers, lists and what is invalid', () => {
  expect(valueText(0.5)).toBe('0.500')
  expect(valueText([0, null, 1, 1])).toBe('mean 0.667 of 4')
  expect(valueText(null)).toBe('invalid')
  expect(valueText(undefined)).toBe('invalid')
  expect(barValue([null])).toBeNull()
  expect(barValue([1, 2])).toBe(1.5)
  expect(barValue(undefined)).toBeNull()
})
