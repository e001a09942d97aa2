import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { combine } from './named-lists.contract.ts'
import { product } from './product.ts'

const share = fc.double({ min: 0, max: 1, noNaN: true })

describe('product', () => {
  test('of shares lies between 0 and the smallest of them', () => {
    fc.assert(
      fc.property(share, share, share, (a, b, c) => {
        const [value] = combine(product, { of: ['a', 'b', 'c'] }, { a: [a], b: [b], c: [c] }) as number[]
        expect(value).toBeGreaterThanOrEqual(0)
        expect(value).toBeLessThanOrEqual(Math.min(a, b, c))
      }),
    )
  })
})
