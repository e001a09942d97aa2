import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import '../../test/seed.ts'
import { winRateScaled } from './win-rate-scaling.ts'

const rewards = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 1, maxLength: 20 })

describe('winRateScaled', () => {
  it('stays in [0, 1], keeps the order, and ignores a constant', () => {
    fc.assert(
      fc.property(rewards, rewards, fc.double({ min: -50, max: 50, noNaN: true }), (own, others, shift) => {
        const scaled = winRateScaled(own, others)
        const moved = winRateScaled(
          own.map((reward) => reward + shift),
          others.map((reward) => reward + shift),
        )
        scaled.forEach((value, row) => {
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThanOrEqual(1)
          expect(moved[row]).toBeCloseTo(value, 9)
          scaled.forEach((other, place) => {
            if (own[row]! > own[place]!) expect(value).toBeGreaterThanOrEqual(other)
          })
        })
      }),
    )
  })

  it('needs something finite to compare with', () => {
    expect(() => winRateScaled([1], [])).toThrow(/nothing to compare/)
    expect(() => winRateScaled([Number.NaN], [1])).toThrow(/row 0/)
  })
})
