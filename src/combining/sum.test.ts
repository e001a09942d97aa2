import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { combine, combineColumn } from './named-lists.contract.ts'
import { sum } from './sum.ts'

describe('sum', () => {
  test('is the number itself for one column, and the same in any order', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (left, right) => {
        expect(combine(sum, { of: ['a'] }, { a: [left] })).toEqual([left])
        expect(combine(sum, { of: ['a', 'b'] }, { a: [left], b: [right] })).toEqual(
          combine(sum, { of: ['b', 'a'] }, { a: [left], b: [right] }),
        )
      }),
    )
  })

  test('names the column that made a row invalid', () => {
    const column = combineColumn(sum, { of: ['a', 'b'] }, { columns: { a: [1, 1], b: [null, 1] } })
    expect(Array.from(column.valid)).toEqual([0, 1])
    expect(column.reasons).toEqual(['b: no value'])
  })
})
