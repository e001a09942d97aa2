import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inferenceDistances, meanInferenceDistance, type VarianceEdge } from './inference-distance.ts'
import { LabellingPlan, treeCovariance } from './labelling-plan.ts'

const variance = fc.double({ min: 0.05, max: 5, noNaN: true })

describe('inference distances', () => {
  it('add along a path and combine in parallel', () => {
    fc.assert(
      fc.property(variance, variance, (a, b) => {
        const path = inferenceDistances(3, [
          { from: 0, to: 1, variance: a },
          { from: 1, to: 2, variance: b },
        ])
        expect(path[2]).toBeCloseTo(a + b, 9)
        const both = inferenceDistances(2, [
          { from: 0, to: 1, variance: a },
          { from: 1, to: 0, variance: b },
        ])
        expect(both[1]).toBeCloseTo(1 / (1 / a + 1 / b), 9)
      }),
    )
  })

  it('never grow when an edge is added', () => {
    fc.assert(
      fc.property(
        fc.array(variance, { minLength: 5, maxLength: 5 }),
        fc.nat(4),
        fc.nat(4),
        variance,
        (chain, a, b, extra) => {
          fc.pre(a !== b)
          const edges: VarianceEdge[] = chain.map((own, from) => ({ from, to: from + 1, variance: own }))
          const before = inferenceDistances(6, edges)
          const after = inferenceDistances(6, [...edges, { from: a, to: b, variance: extra }])
          after.forEach((distance, place) => {
            expect(distance).toBeLessThanOrEqual(before[place]! + 1e-9)
          })
        },
      ),
    )
  })

  it('are infinite between parts that nothing joins', () => {
    const distances = inferenceDistances(4, [
      { from: 0, to: 1, variance: 1 },
      { from: 2, to: 3, variance: 2 },
    ])
    expect(distances[1]).toBeCloseTo(1)
    expect(distances[2]).toBe(Number.POSITIVE_INFINITY)
    expect(distances[2 * 4 + 3]).toBeCloseTo(2)
  })

  it('refuse an edge without a variance', () => {
    expect(() => inferenceDistances(2, [{ from: 0, to: 1, variance: 0 }])).toThrow('a variance above 0')
  })
})

describe('a labelling plan', () => {
  it('agrees with the resistances of the same tree and labels', () => {
    const plan = new LabellingPlan(treeCovariance(2, [0.5, 0.25]))
    plan.label(0, 3, 2)
    plan.label(1, 2, 1)
    // Nodes 0–3 are leaves, 4 and 5 their parents, 6 the root.
    const edges = [
      ...[0, 1].map((from) => ({ from, to: 4, variance: 0.25 })),
      ...[2, 3].map((from) => ({ from, to: 5, variance: 0.25 })),
      { from: 4, to: 6, variance: 0.5 },
      { from: 5, to: 6, variance: 0.5 },
      { from: 0, to: 3, variance: 2 },
      { from: 1, to: 2, variance: 1 },
    ]
    const distances = inferenceDistances(7, edges)
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 3],
    ] as const)
      expect(plan.distance(a, b)).toBeCloseTo(distances[a * 7 + b]!, 9)
    expect(plan.meanDistance()).toBeCloseTo(meanInferenceDistance(distances, 7, [0, 1, 2, 3]), 9)
  })

  it('foresees what a label brings, and chooses the pair that brings most', () => {
    const candidates = [
      [0, 1],
      [0, 7],
      [2, 5],
      [6, 7],
    ] as const
    const gains = candidates.map(([a, b]) => {
      const plan = new LabellingPlan(treeCovariance(2, [0.5, 0.25, 0.125]))
      const [before, foreseen] = [plan.meanDistance(), plan.gain(a, b, 1)]
      plan.label(a, b, 1)
      expect(before - plan.meanDistance()).toBeCloseTo(foreseen, 12)
      return foreseen
    })
    const plan = new LabellingPlan(treeCovariance(2, [0.5, 0.25, 0.125]))
    expect(plan.next(candidates, 1)).toBe(candidates[gains.indexOf(Math.max(...gains))])
  })

  it('needs a square matrix and pairs to choose from', () => {
    expect(() => new LabellingPlan(new Float64Array(3))).toThrow('a square matrix')
    expect(() => new LabellingPlan(new Float64Array(4)).next([], 1)).toThrow('no pairs to choose from')
  })
})
