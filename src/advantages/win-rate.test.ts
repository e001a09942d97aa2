import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseParameters } from '../kinds/method.ts'
import { batches, expectClose, inputOf, sumsByGroup, valid } from './advantage.contract.ts'
import { winRate, winRates } from './win-rate.ts'

describe('winRates', () => {
  it('have mean ½ in every group, whatever the rewards', () => {
    fc.assert(
      fc.property(batches, ({ rewards, valid: mask, groups }) => {
        const rates = winRates(rewards, mask, groups)
        const members = sumsByGroup(new Float64Array(rewards.length).fill(1), mask, groups)
        for (const [group, sum] of sumsByGroup(rates, mask, groups).entries()) {
          expect(sum).toBeCloseTo(members[group]! / 2, 9)
        }
      }),
    )
  })

  it('do not change under a strictly increasing transform', () => {
    fc.assert(
      fc.property(batches, ({ rewards, valid: mask, groups }) => {
        const whole = rewards.map((value) => Math.round(4 * value) / 4)
        const transformed = whole.map((value) => Math.exp(value) + 3 * value)
        expect(winRates(transformed, mask, groups)).toEqual(winRates(whole, mask, groups))
      }),
    )
  })

  it('are the same for sorted and compared groups', () => {
    const rewards = Float64Array.from({ length: 40 }, (_, row) => (row * 7) % 11)
    const rates = winRates(rewards, valid(40), { count: 1, of: new Int32Array(40) })
    for (const [row, reward] of rewards.entries()) {
      const wins = [...rewards].filter((other) => other < reward).length
      const ties = [...rewards].filter((other) => other === reward).length - 1
      expect(rates[row]).toBeCloseTo((wins + ties / 2) / 39, 12)
    }
  })
})

describe('win-rate', () => {
  it('is centred unless asked for the rate itself', () => {
    const of = (parameters: Record<string, unknown>) =>
      winRate.apply(inputOf([3, 1, null, 2], 'aaaa'), parseParameters(winRate, parameters)).advantages
    expectClose(of({}).values, [0.5, -0.5, 0, 0])
    expectClose(of({ centre: false }).values, [1, 0, 0, 0.5])
    expect(of({}).valid[2]).toBe(0)
  })
})
