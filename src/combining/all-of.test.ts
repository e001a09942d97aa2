import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { logSigmoid, sigmoid } from '../numerics/sigmoid.ts'
import { allOf } from './all-of.ts'
import { combine, expectClose } from './named-lists.contract.ts'

const centred = fc.double({ min: -30, max: 30, noNaN: true })
const both = { of: ['a', 'b'] }

function allOfTwo(a: number, b: number, parameters: object = both): number {
  return (combine(allOf, { ...parameters }, { a: [a], b: [b] }) as number[])[0]!
}

describe('all-of', () => {
  test('is the logarithm of the product of the chances', () => {
    fc.assert(
      fc.property(centred, centred, (a, b) => {
        expectClose(Math.exp(allOfTwo(a, b)), sigmoid(a) * sigmoid(b), 1e-12)
      }),
    )
  })

  test('never falls when one property rises, and no excellence pays for a failure', () => {
    fc.assert(
      fc.property(centred, centred, fc.double({ min: 0, max: 10, noNaN: true }), (a, b, rise) => {
        expect(allOfTwo(a + rise, b)).toBeGreaterThanOrEqual(allOfTwo(a, b))
        expect(allOfTwo(a, b)).toBeLessThanOrEqual(logSigmoid(Math.min(a, b)))
      }),
    )
  })

  test('adds columns as they are when a log-sigmoid shaped them before', () => {
    fc.assert(
      fc.property(centred, centred, (a, b) => {
        const shaped = allOfTwo(logSigmoid(a), logSigmoid(b), { ...both, transformed: true })
        expectClose(shaped, allOfTwo(a, b), 1e-12)
      }),
    )
  })

  test('weighs columns softly', () => {
    expect(allOfTwo(0, 0, { ...both, weights: { a: 0, b: 2 } })).toBe(-2 * Math.LN2)
  })
})
