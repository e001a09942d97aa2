import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { combine, combineColumn, expectClose } from './named-lists.contract.ts'
import { properScore, SCORING_RULES, type ScoringRule, scoringRule } from './proper-score.ts'

const names = { correct: 'correct', confidence: 'confidence' }
const grid = Array.from({ length: 101 }, (_, index) => index / 100)

/** E[c + S(c, q)] when the answer is right with probability p. */
function expected(rule: ScoringRule, p: number, q: number): number {
  return (p > 0 ? p * (1 + scoringRule(rule, 1, q)) : 0) + (p < 1 ? (1 - p) * scoringRule(rule, 0, q) : 0)
}

function bestConfidence(rule: ScoringRule, p: number): number {
  return grid.reduce((best, q) => (expected(rule, p, q) > expected(rule, p, best) + 1e-12 ? q : best), 0)
}

describe('scoring rules', () => {
  test('a proper rule is best served by stating the true chance', () => {
    for (const rule of ['brier', 'spherical', 'log'] as const) {
      for (const p of grid) expect(bestConfidence(rule, p), `${rule} ${p}`).toBe(p)
    }
    // Beyond its ends the clipped logarithm sees no difference between confidences.
    for (const p of grid.slice(2, 99)) expect(bestConfidence('clipped-log', p)).toBe(p)
  })

  test('the linear rule is not proper: it wants 0 or 1', () => {
    for (const p of [0.2, 0.4, 0.6, 0.8]) expect(bestConfidence('linear', p)).toBe(Math.round(p))
  })

  test('with a bounded rule a likelier answer is always worth more; with the logarithm it is not', () => {
    for (const rule of ['brier', 'spherical', 'clipped-log'] as const) {
      const values = grid.map((p) => expected(rule, p, p))
      for (let index = 1; index < values.length; index++) {
        expect(values[index], `${rule} ${grid[index]}`).toBeGreaterThanOrEqual(values[index - 1]! - 1e-12)
      }
    }
    expect(expected('log', 0.5, 0.5)).toBeLessThan(expected('log', 0, 0))
  })

  test('Brier at the true chance is worth p²', () => {
    for (const p of grid) expectClose(expected('brier', p, p), p * p, 1e-12)
  })

  test('every rule but the logarithm lies in [−1, 0]', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.constantFrom(...SCORING_RULES.slice(0, 4)), share, share, (rule, c, q) => {
        const score = scoringRule(rule, c, q)
        expect(score).toBeGreaterThanOrEqual(-1)
        expect(score).toBeLessThanOrEqual(1e-15)
      }),
    )
  })
})

describe('proper-score', () => {
  test('a malformed completion gets the worst score, in the plain form too', () => {
    const parameters = { ...names, format: 'format' }
    const columns = { correct: [0, 0], confidence: [1, null], format: [1, 0] }
    expect(combine(properScore, parameters, columns)).toEqual([-1, -1])
    expect(combine(properScore, { ...parameters, malformed: -3 }, columns)).toEqual([-1, -3])
  })

  test('a confidence outside [0, 1] and a score of −∞ are invalid rows', () => {
    const outside = combineColumn(properScore, names, { columns: { correct: [1], confidence: [1.2] } })
    expect(outside.reasons).toEqual(['confidence: 1.2 is not in [0, 1]'])
    const infinite = combineColumn(
      properScore,
      { ...names, rule: 'log' },
      { columns: { correct: [1], confidence: [0] } },
    )
    expect(infinite.reasons).toEqual(['not a finite number'])
  })
})
