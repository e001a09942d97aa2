import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseParameters } from '../kinds/method.ts'
import { batches, expectClose, inputOf, lettered, sumsByGroup, valid } from './advantage.contract.ts'
import { leaveOneOutAdvantages, rloo } from './rloo.ts'

describe('leaveOneOutAdvantages', () => {
  it('is the reward minus the mean of the others', () => {
    fc.assert(
      fc.property(batches, ({ rewards, valid: mask, groups }) => {
        const advantages = leaveOneOutAdvantages(rewards, mask, groups, { single: 'raw' })
        for (const [row, reward] of rewards.entries()) {
          const others = [...rewards].filter(
            (_, other) => other !== row && mask[other] === 1 && groups.of[other] === groups.of[row],
          )
          const baseline = others.length === 0 ? 0 : others.reduce((a, b) => a + b, 0) / others.length
          expect(advantages[row]).toBeCloseTo(mask[row] === 1 ? reward - baseline : 0, 9)
        }
      }),
    )
  })

  it('sums to zero in groups of two or more, and equal rewards get exactly 0', () => {
    const rewards = Float64Array.of(0.1, 0.1, 0.1, 4, 1, 1)
    const advantages = leaveOneOutAdvantages(rewards, valid(6), lettered('aaabbb'), { single: 'raw' })
    expect([...advantages.subarray(0, 3)]).toEqual([0, 0, 0])
    expectClose(sumsByGroup(advantages, valid(6), lettered('aaabbb')), [0, 0])
  })
})

describe('rloo', () => {
  it('normalises over the batch when asked', () => {
    const { values } = rloo.apply(
      inputOf([1, 0, 0, 3, null], 'aabbb'),
      parseParameters(rloo, { dialect: 'trl', normalise: true, epsilon: 0 }),
    ).advantages
    const raw = [1, -1, -3, 3]
    const deviation = Math.sqrt((1 + 1 + 9 + 9) / 3)
    expectClose(values, [...raw.map((value) => value / deviation), 0])
  })
})
