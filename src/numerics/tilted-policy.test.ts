import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { klDivergence, tiltedPolicy, tiltedPolicyAtKl } from './tilted-policy.ts'

const candidates = fc
  .array(
    fc.tuple(fc.double({ min: 0.01, max: 1, noNaN: true }), fc.double({ min: -5, max: 5, noNaN: true })),
    {
      minLength: 2,
      maxLength: 12,
    },
  )
  .map((rows) => {
    const total = rows.reduce((sum, [weight]) => sum + weight, 0)
    return {
      reference: rows.map(([weight]) => weight / total),
      utilities: rows.map(([, utility]) => utility),
    }
  })

function mean(policy: ArrayLike<number>, utilities: readonly number[]): number {
  return utilities.reduce((sum, utility, index) => sum + policy[index]! * utility, 0)
}

describe('tiltedPolicy', () => {
  test('by hand', () => {
    const policy = tiltedPolicy([0.5, 0.5], [0, Math.log(3)], 1)
    expect(policy[0]).toBeCloseTo(0.25, 15)
    expect(policy[1]).toBeCloseTo(0.75, 15)
  })

  test('is the maximum of E[u] − γ·KL, which is γ·log E₀[exp(u/γ)]', () => {
    fc.assert(
      fc.property(
        candidates,
        candidates,
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (world, other, gamma) => {
          const { reference, utilities } = world
          const objective = (policy: ArrayLike<number>) =>
            mean(policy, utilities) - gamma * klDivergence(policy, reference)
          const best = objective(tiltedPolicy(reference, utilities, gamma))
          const partition = mean(
            reference,
            utilities.map((utility) => Math.exp(utility / gamma)),
          )
          expect(best).toBeCloseTo(gamma * Math.log(partition), 8)
          const rival = reference.map((_, index) => other.reference[index % other.reference.length]!)
          const total = rival.reduce((a, b) => a + b, 0)
          expect(objective(rival.map((weight) => weight / total))).toBeLessThanOrEqual(best + 1e-9)
        },
      ),
    )
  })

  test('does not see a constant added to every utility, and survives huge ones', () => {
    const policy = tiltedPolicy([0.2, 0.3, 0.5], [1, 2, 3], 0.7)
    const shifted = tiltedPolicy([0.2, 0.3, 0.5], [1001, 1002, 1003], 0.7)
    shifted.forEach((share, index) => {
      expect(share).toBeCloseTo(policy[index]!, 12)
    })
    expect(Array.from(tiltedPolicy([0.5, 0.5], [0, 1e6], 1e-3))).toEqual([0, 1])
  })

  test('never gives what the reference never gives', () => {
    expect(Array.from(tiltedPolicy([1, 0], [0, 1e5], 1))).toEqual([1, 0])
  })

  test('refuses what is no policy', () => {
    expect(() => tiltedPolicy([0.5, 0.5], [0], 1)).toThrow('2 probabilities for 1 utilities')
    expect(() => tiltedPolicy([0.5, 0.6], [0, 1], 1)).toThrow('add up to 1')
    expect(() => tiltedPolicy([0.5, 0.5], [0, Number.NaN], 1)).toThrow('candidate 1')
    expect(() => tiltedPolicy([0.5, 0.5], [0, 1], 0)).toThrow('γ')
  })
})

describe('tiltedPolicyAtKl', () => {
  test('reaches the KL that was asked for, by a policy of that γ', () => {
    fc.assert(
      fc.property(
        candidates,
        fc.double({ min: 0.01, max: 0.9, noNaN: true }),
        ({ reference, utilities }, share) => {
          fc.pre(Math.max(...utilities) - Math.min(...utilities) > 0.01)
          const sharpest = tiltedPolicyAtKl(reference, utilities, 1e9).kl
          const { policy, gamma, kl } = tiltedPolicyAtKl(reference, utilities, share * sharpest)
          expect(kl).toBeCloseTo(share * sharpest, 8)
          const direct = tiltedPolicy(reference, utilities, gamma)
          policy.forEach((value, index) => {
            expect(value).toBeCloseTo(direct[index]!, 10)
          })
        },
      ),
    )
  })

  test('stays at the reference for a KL of 0 or equal utilities, and stops at the best candidates', () => {
    expect(tiltedPolicyAtKl([0.25, 0.75], [1, 2], 0)).toEqual({
      policy: Float64Array.of(0.25, 0.75),
      gamma: Number.POSITIVE_INFINITY,
      kl: 0,
    })
    expect(Array.from(tiltedPolicyAtKl([0.25, 0.75], [2, 2], 1).policy)).toEqual([0.25, 0.75])
    const { policy, kl } = tiltedPolicyAtKl([0.25, 0.75], [2, 1], 100)
    expect(policy[0]).toBeCloseTo(1, 12)
    expect(kl).toBeCloseTo(Math.log(4), 10)
    expect(() => tiltedPolicyAtKl([1], [1], -1)).toThrow('at least 0')
  })
})
