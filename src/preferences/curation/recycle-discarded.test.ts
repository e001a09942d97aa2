import { expect, test } from 'vitest'
import { flippingIsSafe, recycleDiscarded } from './recycle-discarded.ts'

test('flips only when the lower end of the interval lies above one half', () => {
  const pairs = [{ id: 'p', chosen: 'a', rejected: 'b' }]
  // 113 of 200 is 56.5 %, its interval begins at 49.6 %; 115 begins at 50.6 %.
  expect(flippingIsSafe(113, 200).safe).toBe(false)
  expect(flippingIsSafe(115, 200).safe).toBe(true)
  expect(recycleDiscarded(pairs, flippingIsSafe(113, 200))).toEqual([])
  expect(recycleDiscarded(pairs, flippingIsSafe(115, 200))).toEqual([{ id: 'p', chosen: 'b', rejected: 'a' }])
  expect(pairs[0]!.chosen).toBe('a')
})

test('nothing checked is not safe, and counts must be counts', () => {
  expect(flippingIsSafe(0, 0)).toEqual({ checked: 0, wrong: 0, share: null, interval: [0, 1], safe: false })
  expect(() => flippingIsSafe(3, 2)).toThrow('3 wrong of 2')
})
