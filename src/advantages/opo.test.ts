import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { columnOf } from '../records/column.ts'
import { batches, expectClose, inputOf, lettered, valid } from './advantage.contract.ts'
import { lengthWeightedAdvantages, opo } from './opo.ts'

describe('lengthWeightedAdvantages', () => {
  it('weighs by length: Σ L·A is 0 in every group of two or more', () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: 1, max: 9 }), ({ rewards, valid: mask, groups }, seed) => {
        const lengths = Float64Array.from(rewards, (_, row) => ((row * seed) % 7) + 1)
        const advantages = lengthWeightedAdvantages(rewards, mask, lengths, groups)
        const sums = new Float64Array(groups.count)
        const members = new Int32Array(groups.count)
        for (const [row, advantage] of advantages.entries()) {
          if (mask[row] === 0) continue
          sums[groups.of[row]!]! += lengths[row]! * advantage
          members[groups.of[row]!]!++
        }
        for (const [group, sum] of sums.entries()) {
          if (members[group]! > 1) expect(Math.abs(sum)).toBeLessThan(1e-8)
        }
      }),
    )
  })

  it('falls back to the plain mean where no row has a token, and to the reward in a group of one', () => {
    const advantages = lengthWeightedAdvantages(
      Float64Array.of(1, 0, 5),
      valid(3),
      Float64Array.of(0, 0, 3),
      lettered('aab'),
    )
    expectClose(advantages, [0.5, -0.5, 5])
  })
})

describe('opo', () => {
  it('says why a row of unknown length is invalid', () => {
    const { advantages } = opo.apply(
      inputOf([1, 0], 'aa', { inputs: { lengths: columnOf([2, null], 'no tokens recorded') } }),
      {},
    )
    expect(advantages.reasons?.[1]).toBe('no tokens recorded')
    expect(opo.apply(inputOf([1], 'a'), {}).advantages.reasons?.[0]).toMatch(/length in tokens is unknown/)
  })
})
