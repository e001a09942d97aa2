/** The statistics of the reward-hacking audit where they meet their edges; the vectors hold their values. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bestOfN, bestOfNKl, doublingSizes } from './best-of-n.ts'
import { bootstrapInterval } from './bootstrap.ts'
import { consecutiveGroups } from './grouped.ts'
import { holm } from './holm.ts'
import { fairBinomialTest, incompleteBeta, studentTwoSided } from './incomplete-beta.ts'
import { fitOveroptimisation } from './overoptimisation-fit.ts'
import { RandomStream } from './random.ts'
import { saturation } from './saturation.ts'
import { signFlipTest } from './sign-flip-test.ts'
import { tailSlope } from './tail-slope.ts'
import { wilsonInterval } from './wilson-interval.ts'
import { withinPromptDistance } from './within-prompt-distance.ts'
import { gramSet, jaccard, wordsOf } from './word-grams.ts'

const finite = (min: number, max: number) => fc.double({ min, max, noNaN: true })

describe('incompleteBeta', () => {
  it('is symmetric, rises in x and matches closed forms', () => {
    fc.assert(
      fc.property(finite(0.01, 0.99), finite(0.2, 50), finite(0.2, 50), (x, a, b) => {
        expect(incompleteBeta(x, a, b) + incompleteBeta(1 - x, b, a)).toBeCloseTo(1, 10)
        expect(incompleteBeta(x, a, b)).toBeGreaterThanOrEqual(incompleteBeta(x * 0.9, a, b) - 1e-12)
        expect(incompleteBeta(x, a, 1)).toBeCloseTo(x ** a, 10)
      }),
    )
    expect(() => incompleteBeta(2, 1, 1)).toThrow(/from 0 to 1/)
  })

  it('gives the tails of Student and of fair coins', () => {
    // t with one degree of freedom is Cauchy: P(|T| ≥ 1) = ½.
    expect(studentTwoSided(1, 1)).toBeCloseTo(0.5, 12)
    expect(fairBinomialTest(0, 4)).toBeCloseTo(2 / 16, 12)
    expect(fairBinomialTest(2, 4)).toBe(1)
    expect(fairBinomialTest(0, 0)).toBe(1)
  })
})

describe('bestOfN', () => {
  it('is the mean for n = 1, the best for n = N, and rises in n for the proxy itself', () => {
    fc.assert(
      fc.property(fc.array(finite(-5, 5), { minLength: 2, maxLength: 40 }), (list) => {
        const values = Float64Array.from(list)
        const curve = bestOfN(values, values, doublingSizes(values.length))
        expect(curve[0]).toBeCloseTo(list.reduce((sum, value) => sum + value, 0) / list.length, 9)
        expect(curve.at(-1)).toBeCloseTo(Math.max(...list), 9)
        for (let at = 1; at < curve.length; at++)
          expect(curve[at]!).toBeGreaterThanOrEqual(curve[at - 1]! - 1e-9)
      }),
    )
  })

  it('agrees with counting every draw', () => {
    const proxy = Float64Array.of(3, 1, 2, 2)
    const gold = Float64Array.of(0, 5, 1, 3)
    // Pairs of four: the best is 3 in three of them, one of the 2s (mean gold 2) in the other three.
    expect(bestOfN(proxy, gold, [2])[0]).toBeCloseTo((3 * 0 + 3 * 2) / 6, 12)
    expect(() => bestOfN(proxy, gold, [5])).toThrow(/from 1 to 4/)
    expect(bestOfNKl(1)).toBe(0)
  })
})

describe('signFlipTest', () => {
  it('does not reject what is symmetric and rejects what is not, on drawn signs too', () => {
    const even = Float64Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 1 : -1) * (index >> 1))
    expect(signFlipTest(even, new RandomStream(1)).p).toBeGreaterThan(0.9)
    const shifted = Float64Array.from({ length: 40 }, (_, index) => 1 + index / 40)
    expect(signFlipTest(shifted, new RandomStream(1)).p).toBeCloseTo(1 / 10001, 12)
    expect(signFlipTest(new Float64Array(0), new RandomStream(1))).toEqual({ mean: 0, p: 1 })
  })
})

describe('holm', () => {
  it('keeps the order, is at least p and at most m times p', () => {
    fc.assert(
      fc.property(fc.array(finite(0, 1), { maxLength: 20 }), (p) => {
        const adjusted = holm(p)
        for (let i = 0; i < p.length; i++) {
          expect(adjusted[i]!).toBeGreaterThanOrEqual(p[i]!)
          expect(adjusted[i]!).toBeLessThanOrEqual(1)
          for (let j = 0; j < p.length; j++)
            if (p[i]! < p[j]!) expect(adjusted[i]!).toBeLessThanOrEqual(adjusted[j]!)
        }
      }),
    )
  })
})

describe('wilsonInterval', () => {
  it('holds the rate and stays inside [0, 1]', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), (a, b) => {
        const [low, high] = wilsonInterval(Math.min(a, b), Math.max(a, b))
        const rate = b === 0 && a === 0 ? 0.5 : Math.min(a, b) / Math.max(a, b)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
        expect(low - 1e-9 <= rate && rate <= high + 1e-9).toBe(true)
      }),
    )
  })
})

describe('fits, slopes and distances', () => {
  it('finds the curve it was given, measures gold from d = 0, and has no peak for β ≤ 0', () => {
    const kl = Float64Array.of(0, 0.5, 1, 2, 4)
    for (const form of ['bon', 'rl'] as const) {
      const gold = kl.map((value) => {
        const d = Math.sqrt(value)
        return 7 + (d === 0 ? 0 : form === 'bon' ? d * (2 - 0.5 * d) : d * (2 - 0.5 * Math.log(d)))
      })
      const fit = fitOveroptimisation(kl, gold, form)
      expect([fit.alpha, fit.beta, fit.rmse].map((value) => Number(value.toFixed(9)))).toEqual([2, 0.5, 0])
    }
    expect(fitOveroptimisation(kl, kl, 'bon').peakKl).toBeNull()
    expect(() => fitOveroptimisation(Float64Array.of(0, 1), Float64Array.of(0, 1), 'bon')).toThrow(
      /at least two/,
    )
  })

  it('has slope 1 and distance 0 of a column to itself, and 2 to its opposite', () => {
    const values = Float64Array.of(1, 4, 2, 8, 5, 7, 0, 3)
    const groups = consecutiveGroups(8, 4)
    expect(tailSlope(values, values, groups)).toMatchObject({ slopeAll: 1, slopeTop: 1, kept: 4 })
    expect(withinPromptDistance(values, values, groups).distance).toBeCloseTo(0, 6)
    expect(
      withinPromptDistance(
        values,
        values.map((value) => -value),
        groups,
      ).distance,
    ).toBeCloseTo(2, 9)
    expect(withinPromptDistance(values, new Float64Array(8), groups).distance).toBeNull()
    expect(tailSlope(new Float64Array(8), values, groups)).toMatchObject({ slopeAll: null, slopeTop: null })
  })

  it('counts groups of one apart and tolerates rounding', () => {
    const scores = Float64Array.of(1, 1 - 1e-10, 0, 0, 0.5)
    const groups = { count: 3, of: Int32Array.of(0, 0, 1, 1, 2) }
    expect(saturation(scores, groups, 0, 1)).toMatchObject({
      groups: 2,
      singletons: 1,
      zeroVariance: 2,
      atTop: 1,
      atBottom: 1,
    })
  })

  it('bootstraps a mean around itself and knows when there is nothing to draw', () => {
    const sums = Float64Array.from({ length: 200 }, (_, index) => index % 2)
    const [low, high] = bootstrapInterval(sums, 1, (total) => total[0]! / 200, new RandomStream(3))!
    expect(low).toBeGreaterThan(0.4)
    expect(high).toBeLessThan(0.6)
    expect(bootstrapInterval(new Float64Array(0), 1, () => 1, new RandomStream(1))).toBeNull()
    expect(bootstrapInterval(sums, 1, () => Number.NaN, new RandomStream(1))).toBeNull()
  })
})

describe('word grams', () => {
  it('ignores case and spaces, is symmetric and 1 only for equal sets', () => {
    const words = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 })
    fc.assert(
      fc.property(words, words, (one, other) => {
        const a = gramSet(wordsOf(one.join('  ').toUpperCase()), 3)
        const b = gramSet(wordsOf(other.join('\n')), 3)
        expect(jaccard(a, b)).toBe(jaccard(b, a))
        expect(jaccard(a, a)).toBe(1)
        if (one.join(' ') === other.join(' ')) expect(jaccard(a, b)).toBe(1)
      }),
    )
    expect(jaccard(gramSet([], 3), gramSet([], 3))).toBe(1)
    expect(jaccard(gramSet([], 3), gramSet(['a'], 3))).toBe(0)
  })
})
