import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normaliseRows, poolTokens } from './pool-tokens.ts'

const hidden = [1, 2, 3, 4, 50, 60, 5, 6, 70, 80, 90, 100]
const dims = [2, 3, 2] as const

describe('poolTokens', () => {
  it('takes mean, first and last over the tokens that count', () => {
    const lengths = Int32Array.of(2, 1)
    expect(poolTokens(hidden, dims, lengths, 'mean')).toEqual(Float64Array.of(2, 3, 5, 6))
    expect(poolTokens(hidden, dims, lengths, 'cls')).toEqual(Float64Array.of(1, 2, 5, 6))
    expect(poolTokens(hidden, dims, lengths, 'last')).toEqual(Float64Array.of(3, 4, 5, 6))
  })

  it('makes zeros of a row without tokens', () => {
    for (const how of ['mean', 'cls', 'last'] as const)
      expect(poolTokens(hidden, dims, Int32Array.of(0, 3), how).subarray(0, 2)).toEqual(Float64Array.of(0, 0))
  })
})

describe('normaliseRows', () => {
  it('gives every row length 1 and leaves its direction', () => {
    const row = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const table = Float64Array.from(rows.flat())
        normaliseRows(table, 3)
        for (const [index, before] of rows.entries()) {
          const after = [...table.subarray(index * 3, index * 3 + 3)]
          const length = Math.hypot(...before)
          if (length < 1e-100) continue
          expect(Math.hypot(...after)).toBeCloseTo(1, 9)
          for (const [column, value] of before.entries())
            expect(after[column]! * length).toBeCloseTo(value, 6)
        }
      }),
    )
    const zeros = Float32Array.of(0, 0, 0)
    normaliseRows(zeros, 3)
    expect(zeros).toEqual(Float32Array.of(0, 0, 0))
  })
})
