import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clip } from './clip.ts'
import { checkShaping, shape } from './shaping.contract.ts'

checkShaping(clip)

test('inside the limits nothing moves, outside the nearer limit is taken, twice is once', () => {
  const numbers = fc.double({ min: -100, max: 100, noNaN: true })
  fc.assert(
    fc.property(fc.array(numbers), numbers, numbers, (column, one, other) => {
      const limits = { low: Math.min(one, other), high: Math.max(one, other) }
      const clipped = shape(clip, limits, { column }) as number[]
      column.forEach((value, row) => {
        const inside = value >= limits.low && value <= limits.high
        expect(clipped[row]! + 0).toBe((inside ? value : value < limits.low ? limits.low : limits.high) + 0)
      })
      expect(shape(clip, limits, { column: clipped })).toEqual(clipped)
    }),
  )
})
