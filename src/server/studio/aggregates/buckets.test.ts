import fc from 'fast-check'
import { expect, test } from 'vitest'
import { axisOf, bucketsOf } from './buckets.ts'

const counted = (size: number) => Float64Array.from({ length: size }, (_, row) => row)

test('few steps have a bucket each, in the order of steps', () => {
  const { axis, at, offsets, rows } = bucketsOf(
    { sequence: counted(5), step: Float64Array.of(3, 1, 3, Number.NaN, 1) },
    10,
  )
  expect(axis).toBe('step')
  expect([...at]).toEqual([1, 3])
  expect([...offsets]).toEqual([0, 2, 4])
  expect([...rows]).toEqual([1, 4, 0, 2])
})

test('rows without steps lie on their places, at least sixteen a point', () => {
  const { axis, at } = bucketsOf({ sequence: counted(64), step: new Float64Array(64).fill(Number.NaN) }, 400)
  expect(axis).toBe('row')
  expect([...at]).toEqual([7.5, 23.5, 39.5, 55.5])
})

test('no rows, no buckets', () => {
  expect(bucketsOf({ sequence: counted(0), step: counted(0) }, 10).at).toHaveLength(0)
  expect(axisOf({ step: counted(0) })).toBe('row')
})

test('every row with a position is in one bucket; buckets rise and are never more than asked', () => {
  const steps = fc.array(fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.constant(Number.NaN)), {
    maxLength: 300,
  })
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 40 }), (list, points) => {
      const step = Float64Array.from(list)
      const { axis, at, offsets, rows } = bucketsOf({ sequence: counted(list.length), step }, points)
      const expected = axis === 'row' ? list.length : list.filter((value) => !Number.isNaN(value)).length
      expect(new Set(rows).size).toBe(expected)
      expect(at.length).toBeLessThanOrEqual(points)
      expect(offsets[at.length]).toBe(expected)
      for (let bucket = 1; bucket < at.length; bucket++) expect(at[bucket]!).toBeGreaterThan(at[bucket - 1]!)
    }),
  )
})
