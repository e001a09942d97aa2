import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { FlexJudgement, Verdict } from './pairwise-verdict.ts'
import { type Comparison, flexWinRates, pairwiseWinRates } from './win-rate.ts'

const verdict = fc.constantFrom<Verdict>(1, 2, null)

/** All pairs of a group, lower index first, with the verdicts given in turn. */
function allPairs(members: number, verdicts: readonly Verdict[]): Comparison[] {
  const comparisons: Comparison[] = []
  for (let first = 0; first < members; first++) {
    for (let second = first + 1; second < members; second++) {
      comparisons.push({ first, second, verdict: verdicts[comparisons.length % verdicts.length]! })
    }
  }
  return comparisons
}

describe('pairwise win rates', () => {
  test('of a complete comparison have mean ½ and lie in [0, 1]', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 9 }),
        fc.array(verdict, { minLength: 1, maxLength: 36 }),
        (members, verdicts) => {
          const rates = pairwiseWinRates(members, allPairs(members, verdicts))
          expect(rates.reduce((a, b) => a + b, 0) / members).toBeCloseTo(0.5, 12)
          for (const rate of rates) expect(rate).toBeGreaterThanOrEqual(0)
          for (const rate of rates) expect(rate).toBeLessThanOrEqual(1)
        },
      ),
    )
  })

  test('do not change under any rising transformation of a score that decides the pairs', () => {
    const score = fc.integer({ min: -20, max: 20 })
    fc.assert(
      fc.property(fc.array(score, { minLength: 2, maxLength: 8 }), (scores) => {
        const rates = (values: number[]) =>
          pairwiseWinRates(
            values.length,
            allPairs(values.length, [null]).map(({ first, second }) => ({
              first,
              second,
              verdict: values[first] === values[second] ? null : values[first]! > values[second]! ? 1 : 2,
            })),
          )
        expect(rates(scores.map((value) => Math.exp(value / 4)))).toEqual(rates(scores))
      }),
    )
  })

  test('round to thousandths, a true tie to the even digit', () => {
    const wins = (share: number, of: number): Comparison[] =>
      Array.from({ length: of }, (_, index) => ({
        first: 0,
        second: 1,
        verdict: index < Math.floor(share) ? 1 : index < share ? null : 2,
      }))
    const rate = (share: number, of: number) => pairwiseWinRates(2, wins(share, of), { decimals: 3 })[0]
    expect(rate(0.5, 8)).toBe(0.062)
    expect(rate(1.5, 8)).toBe(0.188)
    expect(rate(2.5, 8)).toBe(0.312)
    expect(rate(1, 3)).toBe(0.333)
    expect(rate(2, 3)).toBe(0.667)
    expect(pairwiseWinRates(2, wins(1, 3))[0]).toBe(1 / 3)
  })

  test('are 0 for a group of one, and refuse members that do not exist', () => {
    expect(Array.from(pairwiseWinRates(1, []))).toEqual([0])
    expect(() => pairwiseWinRates(2, [{ first: 0, second: 2, verdict: 1 }])).toThrow('no member 2')
    expect(() => pairwiseWinRates(2, [{ first: -1, second: 0, verdict: 1 }])).toThrow('no member -1')
  })
})

describe('win rates with categories', () => {
  const judgement = (winner: Verdict, categories: Record<string, Verdict>): FlexJudgement => ({
    winner,
    categories: Object.entries(categories).map(([name, won]) => ({ name, winner: won })),
  })
  const options = { overallWeight: 1, dimensionWeight: 3, categoryWeights: [2, 0.5] }
  const comparisons = [{ first: 0, second: 1, judgement: judgement(2, { Fit: 1, Style: 2 }) }]

  test('blend the overall rate with the weighted categories', () => {
    const { reward, overall, dimensionMean, hasDimension } = flexWinRates(2, comparisons, {
      ...options,
      dialect: 'fixed',
    })
    expect(Array.from(overall)).toEqual([0, 1])
    expect(Array.from(dimensionMean)).toEqual([0.8, 0.2])
    expect(hasDimension).toEqual([true, true])
    expect(reward[0]).toBeCloseTo((0 + 3 * 0.8) / 4, 12)
    expect(reward[1]).toBeCloseTo((1 + 3 * 0.2) / 4, 12)
  })

  test('as published, the last category’s weight takes the place of the dimensions’', () => {
    const { reward } = flexWinRates(2, comparisons, { ...options, dialect: 'published' })
    expect(reward[0]).toBeCloseTo((0 + 0.5 * 0.8) / 1.5, 12)
    const unweighted = flexWinRates(2, comparisons, {
      overallWeight: 1,
      dimensionWeight: 0,
      dialect: 'published',
    })
    expect(unweighted.reward[0]).toBeCloseTo(0.25, 12)
  })

  test('as published, a category named overall counts into the overall rate', () => {
    const named = [{ first: 0, second: 1, judgement: judgement(1, { overall: 2 }) }]
    expect(Array.from(flexWinRates(2, named, { ...options, dialect: 'published' }).overall)).toEqual([
      0.5, 0.5,
    ])
    const fixed = flexWinRates(2, named, { ...options, dialect: 'fixed' })
    expect(Array.from(fixed.overall)).toEqual([1, 0])
    expect(Array.from(fixed.dimensionMean)).toEqual([0, 1])
  })

  test('an unreadable judgement is a tie without categories', () => {
    const { reward, hasDimension } = flexWinRates(2, [{ first: 0, second: 1, judgement: undefined }], {
      ...options,
      dialect: 'fixed',
    })
    expect(Array.from(reward)).toEqual([0.5, 0.5])
    expect(hasDimension).toEqual([false, false])
  })

  test('weights that add up to nothing leave the plain mean', () => {
    const { dimensionMean } = flexWinRates(2, comparisons, {
      ...options,
      categoryWeights: [0, 0],
      dialect: 'fixed',
    })
    expect(Array.from(dimensionMean)).toEqual([0.5, 0.5])
  })
})
