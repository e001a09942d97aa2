import { expect, test } from 'vitest'
import { naiveMean } from './naive-mean.ts'

test('missing scores do not count, and too few give no mean', () => {
  expect(naiveMean([5, Number.NaN, 0, undefined])).toBe(0.5)
  expect(naiveMean([null, Number.NaN])).toBeNull()
  expect(naiveMean([])).toBeNull()
  expect(naiveMean([4, 4, null], { leastValid: 3 })).toBeNull()
  expect(naiveMean([8], { scale: 10 })).toBe(0.8)
  expect(() => naiveMean([1], { scale: 0 })).toThrow('scale')
})
