import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { whitenMasked } from '../numerics/whiten.ts'
import { offsetsOf } from '../records/column.ts'
import { batches, expectClose, lettered, valid } from './advantage.contract.ts'
import { expandTokens } from './expand-tokens.ts'
import { groupRelativeAdvantages } from './grpo.ts'
import { batchNormalisedAdvantages } from './reinforce-plus-plus-baseline.ts'

describe('batchNormalisedAdvantages', () => {
  it('is the same as whitening the centred rewards token by token', () => {
    fc.assert(
      fc.property(batches, ({ rewards, valid: mask, groups }) => {
        const lengths = Float64Array.from(rewards, (_, row) => (row % 4) + 1)
        const offsets = offsetsOf(lengths)
        const centred = groupRelativeAdvantages(rewards, mask, groups, {
          epsilon: 0,
          single: 'raw',
          divideByStandardDeviation: false,
        })
        const tokens = expandTokens(centred, offsets)
        const inside = Uint8Array.from(expandTokens(Float64Array.from(mask), offsets))
        whitenMasked(tokens, inside, true)
        const advantages = batchNormalisedAdvantages(rewards, mask, lengths, groups)
        expectClose(expandTokens(advantages, offsets), tokens, 1e-6)
      }),
    )
  })

  it('does not let a group of small spread shout: the ratio of two groups’ advantages is that of their rewards', () => {
    const advantages = batchNormalisedAdvantages(
      Float64Array.of(10, 0, 1, 0),
      valid(4),
      Float64Array.of(1, 1, 1, 1),
      lettered('aabb'),
    )
    expect(advantages[0]! / advantages[2]!).toBeCloseTo(10, 6)
  })

  it('a long answer counts more in the mean', () => {
    const even = batchNormalisedAdvantages(
      Float64Array.of(1, 0),
      valid(2),
      Float64Array.of(1, 1),
      lettered('aa'),
    )
    const long = batchNormalisedAdvantages(
      Float64Array.of(1, 0),
      valid(2),
      Float64Array.of(1, 9),
      lettered('aa'),
    )
    expect(Math.abs(long[1]!)).toBeLessThan(Math.abs(even[1]!))
    expect(long[0]! + 9 * long[1]!).toBeCloseTo(0, 6)
  })
})
