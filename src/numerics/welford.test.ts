import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeMoments, momentsOf, NO_MOMENTS, parseMoments, varianceOf } from './welford.ts'

const numbers = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { maxLength: 40 })
const all = (list: readonly number[]) =>
  momentsOf(Float64Array.from(list), new Uint8Array(list.length).fill(1))

test('moments by hand', () => {
  const moments = all([2, 4, 4, 6])
  expect(moments).toEqual({ count: 4, mean: 4, squares: 8, minimum: 2, maximum: 6 })
  expect(varianceOf(moments)).toBe(2)
  expect(varianceOf(moments, 'unbiased')).toBeCloseTo(8 / 3, 15)
  expect(varianceOf(all([5]), 'unbiased')).toBe(0)
  expect(varianceOf(NO_MOMENTS)).toBe(0)
})

test('equal values have exactly that mean and no spread', () => {
  expect(all([0.1, 0.1, 0.1])).toMatchObject({ mean: 0.1, squares: 0 })
})

test('merging in any cut gives the moments of the whole, also through JSON', () => {
  fc.assert(
    fc.property(numbers, numbers, numbers, (a, b, c) => {
      const whole = all([...a, ...b, ...c])
      let merged = NO_MOMENTS
      for (const part of [a, b, c])
        merged = parseMoments(JSON.parse(JSON.stringify(mergeMoments(merged, all(part)))))
      expect(merged.count).toBe(whole.count)
      expect(merged.minimum).toBe(whole.minimum)
      expect(merged.maximum).toBe(whole.maximum)
      expect(Math.abs(merged.mean - whole.mean)).toBeLessThan(1e-9)
      expect(Math.abs(merged.squares - whole.squares)).toBeLessThan(1e-9 * Math.max(1, whole.squares))
    }),
  )
})

test('invalid entries take no part', () => {
  expect(momentsOf(Float64Array.of(1, 1e9, 3), Uint8Array.of(1, 0, 1)).mean).toBe(2)
})

test('a damaged state is refused', () => {
  for (const stored of [null, 3, {}, { ...all([1]), squares: -1 }, { ...all([1]), minimum: null }]) {
    expect(() => parseMoments(stored)).toThrow(/state of a running shaping/)
  }
})
