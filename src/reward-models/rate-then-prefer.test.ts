import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { type EncodedPairs, pairsOfFeatures } from './encoded-pairs.ts'
import { type ExtrapolationPoint, rateThenPrefer } from './rate-then-prefer.ts'
import { heldOutQuality, scorePairs } from './score-pairs.ts'

const width = 5

/** Pairs with utility x₀ − x₁, ratings 2 + utility, and the strength 1, 2 or 3 by the gap; a share has no ratings. */
function pairs(count: number, seed: number, rated = 1): EncodedPairs {
  const stream = new RandomStream(seed)
  const draw = (): number[] => Array.from({ length: width }, () => stream.normal())
  const utility = ([a, b]: number[]): number => a! - b!
  const rows = Array.from({ length: count }, () => [draw(), draw()].sort((a, b) => utility(b) - utility(a)))
  const known = rows.map(() => stream.uniform() < rated)
  const scores = (side: 0 | 1): Float64Array =>
    Float64Array.from(rows, (row, at) => (known[at] ? 2 + utility(row[side]!) : Number.NaN))
  return pairsOfFeatures(
    rows.flatMap(([chosen]) => chosen!),
    rows.flatMap(([, rejected]) => rejected!),
    width,
    {
      chosenScore: scores(0),
      rejectedScore: scores(1),
      strength: Float64Array.from(rows, ([a, b]) => Math.min(3, 1 + Math.floor(utility(a!) - utility(b!)))),
    },
  )
}

const context = { seed: 5, worker: false, threads: 1 }
const small = { hidden: [16], batchSize: 32, rateEpochs: 5, preferEpochs: 3, rate: 5e-3 }

describe('rate-then-prefer', () => {
  it('learns from both, reports the way beyond, and repeats itself', async () => {
    const data = { train: pairs(600, 1, 0.7), validation: pairs(200, 2) }
    const trained = await rateThenPrefer.run(data, small, context)
    expect((await heldOutQuality(rateThenPrefer, trained, pairs(800, 3))).accuracy).toBeGreaterThan(0.93)
    const { extrapolation } = trained.model.report as { extrapolation: ExtrapolationPoint[] }
    expect(extrapolation.map(({ factor }) => factor)).toEqual([1, 1.1, 1.25, 1.5, 1.75, 2])
    const best = Math.max(...extrapolation.map(({ accuracy }) => accuracy))
    expect(trained.model.metrics.validationAccuracy).toBe(best)
    expect(extrapolation.every(({ lowest, mean, highest }) => lowest < mean && mean < highest)).toBe(true)
    const again = await rateThenPrefer.run(data, small, context)
    expect(again.model.weights).toEqual(trained.model.weights)
  })

  it('keeps the scale of the ratings when only they are used', async () => {
    const data = { train: pairs(600, 1), validation: pairs(100, 2) }
    const test = pairs(500, 3)
    const trained = await rateThenPrefer.run(data, { ...small, preferEpochs: 0 }, context)
    const { chosen } = await scorePairs(rateThenPrefer, trained, test)
    const error = chosen.reduce(
      (sum, reward, row) => sum + Math.abs(reward - test.chosenScore[row]!) / 500,
      0,
    )
    expect(error).toBeLessThan(0.3)
  })

  it('says which labels are missing', async () => {
    const train = pairs(50, 1)
    const data = { train, validation: train }
    const bare = pairsOfFeatures(new Float64Array(10), new Float64Array(10), width)
    await expect(rateThenPrefer.run({ train: bare, validation: bare }, small, context)).rejects.toThrow(
      /nothing to rate/,
    )
    const unweighted = { ...train, strength: new Float64Array(50).fill(Number.NaN) }
    await expect(
      rateThenPrefer.run({ train: unweighted, validation: train }, small, context),
    ).rejects.toThrow(/strength/)
    await expect(
      rateThenPrefer.run(data, { ...small, rateEpochs: 0, preferEpochs: 0 }, context),
    ).rejects.toThrow(/neither stage/)
  })
})
