import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseParameters } from '../kinds/method.ts'
import { batches, expectClose, inputOf, lettered, valid } from './advantage.contract.ts'
import { bestOfGroupAdvantages, passAtK } from './pass-at-k.ts'

describe('bestOfGroupAdvantages', () => {
  it('rewards at most one row a group, never negatively', () => {
    fc.assert(
      fc.property(batches, ({ rewards, groups }) => {
        const everybody = valid(rewards.length)
        const doubled = { count: groups.count, of: Int32Array.from([...groups.of, ...groups.of]) }
        const advantages = bestOfGroupAdvantages(
          Float64Array.from([...rewards, ...rewards.map((value) => value - 1)]),
          valid(2 * everybody.length),
          doubled,
          { epsilon: 1e-6 },
        )
        const winners = new Int32Array(groups.count)
        for (const [row, value] of advantages.entries()) {
          expect(value).toBeGreaterThanOrEqual(0)
          if (value > 0) winners[doubled.of[row]!]!++
        }
        expect(Math.max(...winners)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('the lead is divided by the unbiased standard deviation', () => {
    const advantages = bestOfGroupAdvantages(Float64Array.of(0, 3, 6), valid(3), lettered('aaa'), {
      epsilon: 0,
    })
    expectClose(advantages, [0, 0, 1])
  })

  it('finds the second best whatever the order', () => {
    for (const rewards of [
      [1, 5, 4],
      [5, 4, 1],
      [4, 1, 5],
    ]) {
      const advantages = bestOfGroupAdvantages(Float64Array.from(rewards), valid(3), lettered('aaa'), {
        epsilon: 0,
        divideByStandardDeviation: false,
      })
      expect(advantages[rewards.indexOf(5)]).toBe(1)
    }
  })

  it('two equal best rows have no lead', () => {
    expectClose(
      bestOfGroupAdvantages(Float64Array.of(1, 1, 0), valid(3), lettered('aaa'), { epsilon: 0 }),
      [0, 0, 0],
    )
  })
})

describe('pass-at-k', () => {
  it('a group of one fails the batch in verl’s way, or makes its row invalid', () => {
    expect(() => passAtK.apply(inputOf([1], 'a'), parseParameters(passAtK, { single: 'fail' }))).toThrow(
      /group of one/,
    )
    const { advantages } = passAtK.apply(inputOf([1, null], 'aa'), parseParameters(passAtK, {}))
    expect([...advantages.valid]).toEqual([0, 0])
  })
})
