import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expectClose } from './advantage.contract.ts'
import {
  cosineSimilarity,
  dataHardness,
  demonstrationSimilarity,
  jointHardness,
  modelResponsiveness,
} from './hardness.ts'

const vector = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 })

describe('cosineSimilarity', () => {
  it('lies in [−1, 1] and does not change with the length of a vector', () => {
    fc.assert(
      fc.property(vector, vector, fc.double({ min: 0.5, max: 8, noNaN: true }), (left, right, scale) => {
        const cosine = cosineSimilarity(left, right)
        expect(Math.abs(cosine)).toBeLessThanOrEqual(1)
        fc.pre(left.some((value) => Math.abs(value) > 1e-3) && right.some((value) => Math.abs(value) > 1e-3))
        expect(
          cosineSimilarity(
            left.map((value) => scale * value),
            right,
          ),
        ).toBeCloseTo(cosine, 9)
      }),
    )
  })

  it('is 0 for a vector of zeros and fails for different lengths', () => {
    expect(cosineSimilarity([0, 0], [1, 0])).toBe(0)
    expect(() => cosineSimilarity([1], [1, 2])).toThrow(/different lengths/)
  })
})

describe('demonstrationSimilarity', () => {
  it('goes from the reply to the demonstration, not back', () => {
    const [x, y] = [
      [1, 0],
      [0, 1],
    ]
    expect(demonstrationSimilarity([x!], [x!, y!]).similarity).toBe(1)
    expect(demonstrationSimilarity([x!, y!], [x!]).similarity).toBe(0.5)
    expect([...demonstrationSimilarity([y!, x!], [x!, y!]).nearest]).toEqual([1, 0])
    expect(() => demonstrationSimilarity([], [x!])).toThrow(/without clauses/)
  })
})

describe('dataHardness', () => {
  it('grows with the distance from the demonstration and is 1 at the mean', () => {
    const { coefficient } = dataHardness([1, 0.5, 0])
    expect(coefficient[0]).toBeLessThan(coefficient[1]!)
    expect(coefficient[1]).toBeCloseTo(1, 12)
    expect(coefficient[2]).toBeCloseTo((1 + Math.exp(-0.5)) / (1 + Math.exp(-1)), 12)
  })
})

describe('modelResponsiveness', () => {
  it('is 1 when nothing or everything is an outlier', () => {
    expect(modelResponsiveness([0.1, 0.5, -0.2], 100).coefficient).toBe(1)
    const none = modelResponsiveness([-1, 1], 0.5)
    expect([...none.mask]).toEqual([0, 0])
    expect(none.coefficient).toBe(1)
  })

  it('leaves outliers out of the second mean', () => {
    const { mask, filteredMean } = modelResponsiveness([0, 0, 9], 10)
    expect([...mask]).toEqual([1, 1, 0])
    expect(filteredMean).toBe(0)
    expect(() => modelResponsiveness([], 1)).toThrow(/at least one/)
  })
})

describe('jointHardness', () => {
  it('multiplies or averages', () => {
    expectClose(jointHardness([1.2, 0.8], [1.1, 1], 'product'), [1.32, 0.8])
    expectClose(jointHardness([1.2, 0.8], [1.1, 1], 'mean'), [1.15, 0.9])
  })
})
