import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  bestConfidence,
  expectedReward,
  properScore,
  RULE_PROPERTIES,
  SCORING_RULES,
} from './proper-score.ts'

const grid = Array.from({ length: 1001 }, (_, index) => index / 1000)

it('gives the scores of its rules', () => {
  expect(properScore('brier', 1, 0.9)).toBeCloseTo(-0.01, 12)
  expect(properScore('linear', 0, 0.3)).toBeCloseTo(-0.3, 12)
  expect(properScore('log', 1, 0.5)).toBeCloseTo(-Math.LN2, 12)
  expect(properScore('spherical', 1, 1)).toBe(0)
  expect(properScore('spherical', 1, 0.5)).toBeCloseTo(Math.SQRT1_2 - 1, 12)
  expect(properScore('clipped-log', 1, 0)).toBeCloseTo(-1, 12)
  expect(properScore('log', 1, 0)).toBe(Number.NEGATIVE_INFINITY)
})

it('Brier: honesty is best and is worth p²', () => {
  for (let step = 0; step <= 20; step++) {
    const p = step / 20
    expect(bestConfidence('brier', p, grid)).toBeCloseTo(p, 9)
    expect(expectedReward('brier', p, p)).toBeCloseTo(p * p, 9)
  }
})

it('a rule is proper exactly where it says so', () => {
  for (const rule of SCORING_RULES) {
    const honest = [0.2, 0.35, 0.7, 0.9].every((p) => Math.abs(bestConfidence(rule, p, grid) - p) < 1e-9)
    expect(honest).toBe(RULE_PROPERTIES[rule].proper)
  }
})

it('with a bounded proper rule the best value never falls as p grows; with the logarithm it does', () => {
  const value = (rule: (typeof SCORING_RULES)[number], p: number) =>
    expectedReward(rule, p, bestConfidence(rule, p, grid))
  for (const rule of ['brier', 'spherical', 'clipped-log'] as const) {
    for (let p = 0.02; p <= 1; p += 0.02) {
      expect(value(rule, p)).toBeGreaterThanOrEqual(value(rule, p - 0.02) - 1e-9)
    }
  }
  expect(value('log', 0.5)).toBeLessThan(value('log', 0))
})

it('bounded rules stay in [−1, 0]', () => {
  fc.assert(
    fc.property(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }), (c, q) => {
      for (const rule of SCORING_RULES) {
        const score = properScore(rule, c, q)
        expect(score).toBeLessThanOrEqual(1e-12)
        if (RULE_PROPERTIES[rule].bounded) expect(score).toBeGreaterThanOrEqual(-1 - 1e-12)
      }
    }),
  )
})

it('refuses what is no probability', () => {
  expect(() => properScore('brier', 1, Number.NaN)).toThrow(/confidence in \[0, 1\]/)
  expect(() => properScore('brier', 0.5, 0.5)).toThrow(/outcome of 0 or 1/)
  expect(() => expectedReward('brier', 2, 0.5)).toThrow(/in \[0, 1\]/)
  expect(() => bestConfidence('brier', 0.5, [])).toThrow(/grid is empty/)
})
