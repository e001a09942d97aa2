import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnOf } from '../records/column.ts'
import { affine } from './affine.ts'
import { applyShaping, checkShaping, shape } from './shaping.contract.ts'

checkShaping(affine)

test('one change of scale is undone by its inverse', () => {
  const numbers = fc.double({ min: -1e6, max: 1e6, noNaN: true })
  fc.assert(
    fc.property(
      fc.array(numbers),
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      numbers,
      (column, scale, shift) => {
        const there = shape(affine, { scale, shift }, { column }) as number[]
        const back = shape(affine, { scale: 1 / scale, shift: -shift / scale }, { column: there }) as number[]
        back.forEach((value, row) => {
          expect(Math.abs(value - column[row]!)).toBeLessThan(1e-7)
        })
      },
    ),
  )
})

test('what leaves the range of doubles becomes invalid', () => {
  const { column } = applyShaping(affine, { scale: 1e200 }, columnOf([1e200, 1]))
  expect(Array.from(column.valid)).toEqual([0, 1])
  expect(column.reasons?.[0]).toBe('not a finite number')
})
