import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { harmonicMean } from './harmonic-mean.ts'
import { combine, combineColumn } from './named-lists.contract.ts'

const share = fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 1, noNaN: true }))

describe('harmonic-mean', () => {
  test('lies between the smallest value and the arithmetic mean', () => {
    fc.assert(
      fc.property(share, share, (a, b) => {
        const [value] = combine(harmonicMean, { of: ['a', 'b'] }, { a: [a], b: [b] }) as number[]
        expect(value).toBeGreaterThanOrEqual(Math.min(a, b) * (1 - 1e-12))
        expect(value).toBeLessThanOrEqual(((a + b) / 2) * (1 + 1e-12))
      }),
    )
  })

  test('is 2BR/(B + R) for two, and 0 when both are 0', () => {
    const columns = { bleu: [0.25, 0], rouge: [0.75, 0] }
    expect(combine(harmonicMean, { of: ['bleu', 'rouge'] }, columns)).toEqual([0.375, 0])
  })

  test('names a negative value', () => {
    const column = combineColumn(harmonicMean, { of: ['a'] }, { columns: { a: [-2] } })
    expect(column.reasons).toEqual(['a: -2 is below 0'])
  })
})
