import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allOf } from './all-of.ts'
import { anyOf } from './any-of.ts'
import { combine, combineColumn, expectClose } from './named-lists.contract.ts'
import { not } from './not.ts'

const centred = fc.double({ min: -30, max: 30, noNaN: true })

describe('not', () => {
  test('the chances of a property and of its absence add up to 1', () => {
    fc.assert(
      fc.property(centred, (a) => {
        const [held] = combine(allOf, { of: ['a'] }, { a: [a] }) as number[]
        const [absent] = combine(not, { of: 'a' }, { a: [a] }) as number[]
        expectClose(Math.exp(held!) + Math.exp(absent!), 1, 1e-12)
      }),
    )
  })

  test('not (a and b) is (not a) or (not b)', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -10, max: 10, noNaN: true }),
        fc.double({ min: -10, max: 10, noNaN: true }),
        (a, b) => {
          const and = combine(allOf, { of: ['a', 'b'] }, { a: [a], b: [b] }) as number[]
          const [left] = combine(not, { of: 'and', transformed: true }, { and }) as number[]
          const [right] = combine(anyOf, { of: ['a', 'b'] }, { a: [-a], b: [-b] }) as number[]
          expectClose(left, right, 1e-9)
        },
      ),
    )
  })

  test('has nothing to say about the absence of what is certain', () => {
    const column = combineColumn(not, { of: 'a', transformed: true }, { columns: { a: [0] } })
    expect(column.valid[0]).toBe(0)
    expect(column.reasons?.[0]).toContain('no complement')
  })
})
