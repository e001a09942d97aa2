import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { logSigmoid, sigmoid } from '../numerics/sigmoid.ts'
import { anyOf } from './any-of.ts'
import { combine, combineColumn, expectClose } from './named-lists.contract.ts'

const centred = fc.double({ min: -30, max: 30, noNaN: true })
const both = { of: ['a', 'b'] }

function anyOfTwo(a: number, b: number, transformed = false): number {
  return (combine(anyOf, { ...both, transformed }, { a: [a], b: [b] }) as number[])[0]!
}

describe('any-of', () => {
  test('is the logarithm of one minus the chance of none', () => {
    fc.assert(
      fc.property(centred, centred, (a, b) => {
        expectClose(Math.exp(anyOfTwo(a, b)), 1 - (1 - sigmoid(a)) * (1 - sigmoid(b)), 1e-12)
      }),
    )
  })

  test('is at least the best property and at most 0', () => {
    fc.assert(
      fc.property(centred, centred, (a, b) => {
        expect(anyOfTwo(a, b)).toBeGreaterThanOrEqual(logSigmoid(Math.max(a, b)) - 1e-14)
        expect(anyOfTwo(a, b)).toBeLessThanOrEqual(0)
      }),
    )
  })

  test('keeps its digits where every chance is tiny', () => {
    expectClose(anyOfTwo(-60, -60), -60 + Math.LN2, 1e-14)
    expectClose(anyOfTwo(-800, -800), -800 + Math.LN2, 1e-14)
    expectClose(anyOfTwo(-800, -900), -800, 1e-14)
  })

  test('takes log-probabilities as they are', () => {
    expectClose(anyOfTwo(Math.log(0.5), Math.log(0.5), true), Math.log(0.75), 1e-14)
    expect(anyOfTwo(0, -1, true)).toBeCloseTo(0, 12)
  })

  test('refuses a log-probability above 0', () => {
    const column = combineColumn(anyOf, { ...both, transformed: true }, { columns: { a: [0.1], b: [-1] } })
    expect(column.reasons).toEqual(['a log-probability above 0'])
  })
})
