import fc from 'fast-check'
import { expect, it } from 'vitest'
import { boltzmannPolicy, boltzmannPreferences } from './reward-policy.ts'

it('the odds of a policy are the odds of its preferences', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 2, maxLength: 6 }),
      fc.double({ min: 0.1, max: 4, noNaN: true }),
      (rewards, beta) => {
        const own = Float64Array.from(rewards)
        const policy = boltzmannPolicy(own, beta)
        const preferences = boltzmannPreferences(own, beta)
        expect(policy.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
        expect(policy[0]! / (policy[0]! + policy[1]!)).toBeCloseTo(preferences[1]!, 9)
      },
    ),
  )
  expect(Array.from(boltzmannPolicy(Float64Array.of(1e6, 0), 1))).toEqual([1, 0])
})
