import fc from 'fast-check'
import { expect, it } from 'vitest'
import { scoreTests, TEST_SCORES } from './score-tests.ts'

it('scores in four ways', () => {
  expect(TEST_SCORES.map((mode) => scoreTests(2, 5, mode))).toEqual([0, 0.4, 0.04000000000000001, 0])
  expect(TEST_SCORES.map((mode) => scoreTests(5, 5, mode))).toEqual([1, 1, 1.1, 1])
  expect(scoreTests(199, 200, 'binary')).toBe(1)
  expect(scoreTests(99, 100, 'binary')).toBe(0)
})

it('refuses to judge without tests', () => {
  expect(() => scoreTests(0, 0, 'partial')).toThrow(/at least one test/)
  expect(() => scoreTests(3, 2, 'partial')).toThrow(/no more passed/)
})

it('never pays less for one more passed test', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(499), (total, given) => {
      const passed = Math.min(given, total - 1)
      for (const mode of TEST_SCORES) {
        expect(scoreTests(passed + 1, total, mode)).toBeGreaterThanOrEqual(scoreTests(passed, total, mode))
      }
    }),
  )
})
