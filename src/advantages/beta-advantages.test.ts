import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { betaLogDensity } from '../numerics/beta-distribution.ts'
import { groupsFromIds } from '../numerics/grouped.ts'
import { expectClose, lettered, sumsByGroup, valid } from './advantage.contract.ts'
import { betaAdvantages } from './beta-advantages.ts'

const binary = fc
  .array(fc.tuple(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 4 })), { minLength: 1, maxLength: 40 })
  .map((rows) => ({
    rewards: Float64Array.from(rows, ([reward]) => reward),
    groups: groupsFromIds(rows.map(([, id]) => id)),
  }))

describe('betaAdvantages', () => {
  it('is weight times reward minus pass rate, the weight being one over the fitted density', () => {
    fc.assert(
      fc.property(binary, ({ rewards, groups }) => {
        const { advantages, fit } = betaAdvantages(rewards, valid(rewards.length), groups)
        for (const [row, advantage] of advantages.entries()) {
          const group = groups.of[row]!
          const expected = fit.groupWeights[group]! * (rewards[row]! - fit.groupMeans[group]!)
          if (fit.groupWeights[group]! > 0) {
            expect(Math.abs(advantage - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)))
          }
        }
        if (!fit.degenerate) {
          for (const [group, weight] of fit.groupWeights.entries()) {
            if (weight === 0) continue
            const density = Math.exp(betaLogDensity(fit.groupMeans[group]!, fit))
            expect(Math.abs(weight - Math.min(1 / density, 1e6))).toBeLessThanOrEqual(1e-9 * weight)
          }
        }
        for (const sum of sumsByGroup(advantages, valid(rewards.length), groups)) {
          expect(Math.abs(sum)).toBeLessThan(1e-6)
        }
      }),
    )
  })

  it('α = β = 1 gives reward minus pass rate: one prompt, or pass rates too spread for any Beta', () => {
    expectClose(betaAdvantages(Float64Array.of(1, 0, 0), valid(3), lettered('aaa')).advantages, [
      2 / 3,
      -1 / 3,
      -1 / 3,
    ])
    const { advantages, fit } = betaAdvantages(
      Float64Array.of(1, 1, 0, 0, 1, 0),
      valid(6),
      lettered('aabbcc'),
    )
    expect([fit.alpha, fit.beta]).toEqual([1, 1])
    expectClose(advantages, [0, 0, 0, 0, 0.5, -0.5])
  })

  it('mean ½ and variance 1/12 give α = β = 4/3', () => {
    const rewards = Float64Array.of(0, 0, 0, 1, 1, 1, 1, 0, 1, 1, 0, 0)
    const { fit } = betaAdvantages(rewards, valid(12), lettered('aaaabbbbcccc'))
    expect(fit.passRateMean).toBeCloseTo(0.5, 12)
    const spread = (0.25 ** 2 + 0.25 ** 2) / 2
    expect(fit.alpha).toBeCloseTo(1 + (0.5 * (0.25 / spread - 1)) / 3, 12)
    expect(fit.beta).toBeCloseTo(fit.alpha, 12)
  })

  it('an affine map of rewards and range changes nothing but the last digits', () => {
    fc.assert(
      fc.property(binary, ({ rewards, groups }) => {
        const mapped = rewards.map((reward) => 2 * reward - 1)
        expectClose(
          betaAdvantages(mapped, valid(rewards.length), groups, { min: -1, max: 1 }).advantages,
          betaAdvantages(rewards, valid(rewards.length), groups).advantages,
          1e-8,
        )
      }),
    )
  })

  it('equal pass rates: divided by √(p(1 − p)), or 0', () => {
    const rewards = Float64Array.of(1, 0, 0, 0, 0, 0, 0, 1)
    const groups = lettered('aaaabbbb')
    const { advantages, fit } = betaAdvantages(rewards, valid(8), groups)
    expect(fit.degenerate).toBe(true)
    expect(advantages[0]).toBeCloseTo(0.75 / Math.sqrt(0.25 * 0.75), 9)
    expectClose(
      betaAdvantages(rewards, valid(8), groups, { onDegenerate: 'zero' }).advantages,
      new Float64Array(8),
    )
  })

  it('the cap holds the weight of rare pass rates', () => {
    const rewards = Float64Array.from({ length: 64 }, (_, row) => (row % 16 < 14 - (row >> 4) ? 1 : 0))
    rewards.fill(0, 48)
    rewards[48] = 1
    const groups = groupsFromIds(Array.from({ length: 64 }, (_, row) => row >> 4))
    const free = betaAdvantages(rewards, valid(64), groups).fit
    const held = betaAdvantages(rewards, valid(64), groups, { weightCap: 0.8 }).fit
    expect(Math.max(...free.groupWeights)).toBeGreaterThan(0.8)
    expect(Math.max(...held.groupWeights)).toBe(0.8)
    expect(held.capped).toBeGreaterThan(0)
  })

  it('a group of one gets 0, or is measured from 0 as released', () => {
    const rewards = Float64Array.of(1, 1, 0, 1, 1, 1, 0)
    const groups = lettered('abbcccc')
    expect(betaAdvantages(rewards, valid(7), groups).advantages[0]).toBe(0)
    const released = betaAdvantages(rewards, valid(7), groups, { single: 'released' })
    expect(released.fit.groupMeans[0]).toBe(0)
    expect(released.advantages[0]).toBe(released.fit.groupWeights[0])
  })

  it('fails for an empty range and for a pass rate outside it', () => {
    expect(() => betaAdvantages(new Float64Array(1), valid(1), lettered('a'), { min: 1, max: 1 })).toThrow(
      /empty/,
    )
    expect(() => betaAdvantages(Float64Array.of(3, 3), valid(2), lettered('aa'))).toThrow(/outside the range/)
  })
})
