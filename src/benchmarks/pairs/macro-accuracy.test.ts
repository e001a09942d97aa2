import { expect, test } from 'vitest'
import { GuerdonError } from '../../records/error.ts'
import { macroAccuracy } from './macro-accuracy.ts'

test('a small category counts as much as a large one', () => {
  const found = macroAccuracy(['a', 'a', 'a', 'b'], [1, 1, 1, 0])
  expect(found).toEqual({ overall: 0.75, macro: 0.5, byCategory: { a: 1, b: 0 } })
  expect(macroAccuracy(['__proto__', 'b'], [1, 0]).macro).toBe(0.5)
  expect(() => macroAccuracy([], [])).toThrow(GuerdonError)
  expect(() => macroAccuracy(['a'], [])).toThrow(GuerdonError)
})
