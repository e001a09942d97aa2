import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quantile, quantileOfValid, select } from './quantile.ts'

const lists = fc.array(
  fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -1e6, max: 1e6, noNaN: true })),
  {
    minLength: 1,
    maxLength: 60,
  },
)

test('numpy’s linear quantiles', () => {
  // np.quantile([7, 1, 3, 10, 4, 4], [0, 0.15, 0.5, 0.85, 1])
  const expected = [1, 2.5, 4, 7.75, 10]
  ;[0, 0.15, 0.5, 0.85, 1].forEach((q, index) => {
    expect(quantile(Float64Array.of(7, 1, 3, 10, 4, 4), 0, 6, q)).toBeCloseTo(expected[index]!, 14)
  })
  expect(quantile(Float64Array.of(99, 5, 99), 1, 2, 0.85)).toBe(5)
  expect(quantile(new Float64Array(0), 0, 0, 0.5)).toBeNaN()
})

test('selection agrees with sorting, inside its stretch only', () => {
  fc.assert(
    fc.property(lists, fc.double({ min: 0, max: 1, noNaN: true }), (list, q) => {
      const values = Float64Array.of(1e9, ...list, -1e9)
      const sorted = Float64Array.from(list).sort()
      const position = Math.min(list.length - 1, Math.floor(q * list.length))
      expect(select(values, 1, list.length + 1, position + 1)).toBe(sorted[position])
      expect(Float64Array.from(values.subarray(1, list.length + 1)).sort()).toEqual(sorted)
      expect(values[0]).toBe(1e9)
      expect(values[list.length + 1]).toBe(-1e9)
    }),
  )
})

test('a quantile lies between the order statistics around it and grows with q', () => {
  fc.assert(
    fc.property(lists, fc.double({ min: 0, max: 1, noNaN: true }), (list, q) => {
      const sorted = Float64Array.from(list).sort()
      const value = quantile(Float64Array.from(list), 0, list.length, q)
      const below = Math.floor((list.length - 1) * q)
      expect(value).toBeGreaterThanOrEqual(sorted[below]!)
      expect(value).toBeLessThanOrEqual(sorted[Math.min(below + 1, list.length - 1)]!)
      expect(value).toBeLessThanOrEqual(quantile(Float64Array.from(list), 0, list.length, 1))
    }),
  )
})

test('sorted, reversed and constant stretches of 100,000 are selected without a quadratic walk', () => {
  const size = 100_000
  const rising = Float64Array.from({ length: size }, (_, index) => index)
  expect(quantile(rising.slice(), 0, size, 0.5)).toBe(49_999.5)
  expect(quantile(rising.slice().reverse(), 0, size, 0.5)).toBe(49_999.5)
  expect(quantile(new Float64Array(size).fill(7), 0, size, 0.85)).toBe(7)
})

test('invalid entries take no part and the array stays as it is', () => {
  const values = Float64Array.of(9, 1, 3)
  expect(quantileOfValid(values, Uint8Array.of(0, 1, 1), 0.5)).toBe(2)
  expect(values).toEqual(Float64Array.of(9, 1, 3))
  expect(quantileOfValid(values, new Uint8Array(3), 0.5)).toBeNaN()
})
