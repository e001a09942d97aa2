import fc from 'fast-check'
import { expect, test } from 'vitest'
import { histogramOf } from './histogram.ts'

test('zeros and ones have a bar each', () => {
  const { edges, counts, invalid, mean } = histogramOf(Float64Array.of(0, 1, 1, Number.NaN, 0, 1))
  expect(edges).toEqual([-0.5, 0.5, 1.5])
  expect(counts).toEqual([2, 3])
  expect(invalid).toBe(1)
  expect(mean).toBeCloseTo(0.6, 15)
})

test('a constant has one bar around it', () => {
  expect(histogramOf(Float64Array.of(3, 3))).toEqual({
    edges: [2.5, 3.5],
    counts: [2],
    invalid: 0,
    mean: 3,
    standardDeviation: 0,
  })
  expect(histogramOf(Float64Array.of(0.1, 0.1, 0.1))).toMatchObject({
    counts: [3],
    mean: 0.1,
    standardDeviation: 0,
  })
})

test('edges are round numbers', () => {
  const values = Float64Array.from({ length: 101 }, (_, index) => index / 100)
  const { edges, counts } = histogramOf(values)
  expect(edges[0]).toBe(0)
  expect(edges[1]).toBe(0.05)
  expect(edges.at(-1)).toBe(1)
  expect(counts).toEqual([...new Array(19).fill(5), 6])
  expect(histogramOf(Float64Array.of(0, 3000, 7)).edges.slice(0, 2)).toEqual([0, 100])
})

test('nothing valid, no bars', () => {
  expect(histogramOf(Float64Array.of(Number.NaN))).toEqual({
    edges: [],
    counts: [],
    invalid: 1,
    mean: null,
    standardDeviation: null,
  })
})

test('every valid number is counted once, between its edges, and nothing that leaves is not finite', () => {
  const number = fc.oneof(
    fc.integer({ min: -200, max: 200 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.double({ min: 1, max: 1 + 1e-9, noNaN: true }),
  )
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 80 }), (list) => {
      const { edges, counts, mean, standardDeviation } = histogramOf(Float64Array.from(list))
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(list.length)
      expect(edges).toHaveLength(counts.length + 1)
      expect(edges[0]!).toBeLessThanOrEqual(Math.min(...list))
      expect(edges.at(-1)!).toBeGreaterThanOrEqual(Math.max(...list))
      for (const value of [...edges, mean ?? 0, standardDeviation ?? 0])
        expect(value).toSatisfy(Number.isFinite)
      expect(counts.length).toBeLessThanOrEqual(62)
    }),
  )
})
