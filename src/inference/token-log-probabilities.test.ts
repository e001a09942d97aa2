import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tokenLogProbabilities } from './token-log-probabilities.ts'

describe('tokenLogProbabilities', () => {
  it('sums to 1 over the vocabulary, whatever is added to all logits', () => {
    const logits = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 4, maxLength: 4 })
    fc.assert(
      fc.property(logits, fc.constantFrom(0, 700, -700), (given, shift) => {
        const shifted = given.map((logit) => logit + shift)
        const all = [0, 1, 2, 3].map(
          (target) =>
            tokenLogProbabilities(
              shifted,
              [1, 1, 4],
              Int32Array.of(0, 1),
              Int32Array.of(0),
              Int32Array.of(target),
            )[0]!,
        )
        expect(all.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 9)
        for (const value of all) expect(value).toBeLessThanOrEqual(0)
      }),
    )
  })

  it('reads the logits of the position before each target, row by row', () => {
    // Two rows, two positions, two tokens; odds of the second token: 1, 3, 7, 9 times the first.
    const logits = [0, 0, 0, Math.log(3), 0, Math.log(7), 0, Math.log(9)]
    const found = tokenLogProbabilities(
      logits,
      [2, 2, 2],
      Int32Array.of(0, 1, 3),
      Int32Array.of(1, 0),
      Int32Array.of(1, 1, 0),
    )
    expect([...found].map(Math.exp)).toEqual([3 / 4, 7 / 8, 1 / 10].map((value) => expect.closeTo(value, 12)))
  })

  it('says NaN where there is no number', () => {
    const ask = (logits: number[], target: number) =>
      tokenLogProbabilities(
        logits,
        [1, 1, 2],
        Int32Array.of(0, 1),
        Int32Array.of(0),
        Int32Array.of(target),
      )[0]
    expect(ask([0, 1], 2)).toBeNaN()
    expect(ask([Number.NaN, 1], 1)).toBeNaN()
    expect(ask([0, Number.NEGATIVE_INFINITY], 1)).toBe(Number.NEGATIVE_INFINITY)
  })
})
