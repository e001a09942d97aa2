import fc from 'fast-check'
import { expect, test } from 'vitest'
import { brierRewards, calibrationReward } from './calibration-reward.ts'
import { checkShaping } from './shaping.contract.ts'

checkShaping(calibrationReward)

/** Expected reward of stating q when the answer is right with probability p. */
function expected(p: number, q: number): number {
  const [right, wrong] = brierRewards(Float64Array.of(q, q), Float64Array.of(1, 0))
  return p * right! + (1 - p) * wrong!
}

test('the honest confidence earns most, and its value with correctness is 1 + p²', () => {
  const shares = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(shares, shares, (p, q) => {
      expect(expected(p, p)).toBeGreaterThanOrEqual(expected(p, q) - 1e-15)
      expect(p + expected(p, p)).toBeCloseTo(1 + p * p, 14)
    }),
  )
})
