import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { consecutiveGroups } from './grouped.ts'
import { partialCorrelation } from './partial-correlation.ts'

const numbers = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 12, maxLength: 12 })
const groups = consecutiveGroups(12, 4)

describe('partialCorrelation', () => {
  it('does not see what differs between groups alone', () => {
    fc.assert(
      fc.property(numbers, numbers, fc.tuple(fc.integer(), fc.integer(), fc.integer()), (y, x, shifts) => {
        const moved = y.map((value, row) => value + (shifts[Math.floor(row / 4)]! % 1000))
        const before = partialCorrelation(Float64Array.from(y), Float64Array.from(x), [], groups)
        const after = partialCorrelation(Float64Array.from(moved), Float64Array.from(x), [], groups)
        if (before.r === null || after.r === null || Math.abs(before.slope!) > 1e6) return
        expect(after.slope! - before.slope!).toBeCloseTo(0, 3)
      }),
    )
  })

  it('is undefined, never 0, when the control says all or too little is left', () => {
    const x = Float64Array.from({ length: 12 }, (_, row) => row * row)
    expect(partialCorrelation(x, x, [x], groups)).toMatchObject({ r: null, p: null, slope: null })
    expect(partialCorrelation(x.slice(0, 2), x.slice(0, 2), [], consecutiveGroups(2, 2)).r).toBeNull()
  })

  it('takes a control given twice as given once, except for its degree of freedom', () => {
    const y = Float64Array.of(1, 5, 2, 8, 3, 3, 9, 1, 4, 4, 7, 2)
    const x = Float64Array.of(2, 3, 1, 9, 3, 2, 8, 2, 5, 3, 6, 1)
    const z = Float64Array.of(0, 1, 0, 2, 1, 0, 1, 1, 0, 2, 1, 0)
    const once = partialCorrelation(y, x, [z], groups)
    const twice = partialCorrelation(y, x, [z, z], groups)
    expect(twice.r).toBeCloseTo(once.r!, 10)
    expect(twice.df).toBe(once.df - 1)
  })

  it('gives p = 0 and finite numbers for a perfect correlation', () => {
    const x = Float64Array.from({ length: 12 }, (_, row) => row % 4)
    const { r, t, p } = partialCorrelation(x, x, [], groups)
    expect(r).toBe(1)
    expect(p).toBeLessThan(1e-12)
    expect(Number.isFinite(t)).toBe(true)
  })
})
