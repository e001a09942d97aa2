import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { min } from './min.ts'
import { combine } from './named-lists.contract.ts'

const number = fc.double({ min: -1e6, max: 1e6, noNaN: true })

describe('min', () => {
  test('is one of the values and above none of them', () => {
    fc.assert(
      fc.property(number, number, number, (a, b, c) => {
        const [value] = combine(min, { of: ['a', 'b', 'c'] }, { a: [a], b: [b], c: [c] }) as number[]
        expect([a, b, c]).toContain(value)
        expect(value).toBeLessThanOrEqual(Math.min(a, b, c))
      }),
    )
  })
})
