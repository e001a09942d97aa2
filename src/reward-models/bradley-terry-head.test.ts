import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { bradleyTerryHead } from './bradley-terry-head.ts'
import { pairsOfFeatures } from './encoded-pairs.ts'
import { openRowScorer } from './score-rows.ts'
import { pairQuality } from './train-pairs.ts'

const width = 8

/** Pairs whose utility is a product of two features: no linear head can tell it. */
function world(count: number, seed: number) {
  const stream = new RandomStream(seed)
  const sides = [new Float64Array(count * width), new Float64Array(count * width)]
  const utility = (x: Float64Array, row: number): number => x[row * width]! * x[row * width + 1]!
  for (let row = 0; row < count; row++) {
    for (const side of sides)
      for (let column = 0; column < width; column++) side[row * width + column] = stream.normal()
    if (utility(sides[0]!, row) < utility(sides[1]!, row))
      for (let column = 0; column < width; column++) {
        const at = row * width + column
        const kept = sides[0]![at]!
        sides[0]![at] = sides[1]![at]!
        sides[1]![at] = kept
      }
  }
  return pairsOfFeatures(sides[0]!, sides[1]!, width)
}

describe('bradley-terry-head', () => {
  it('learns an interaction with a hidden layer and not without', async () => {
    const data = { train: world(2000, 1), validation: world(500, 2) }
    const context = { seed: 7, worker: false }
    const deep = await bradleyTerryHead.run(
      data,
      { hidden: [32], epochs: 20, batchSize: 32, rate: 3e-3 },
      context,
    )
    const flat = await bradleyTerryHead.run(data, { hidden: [], epochs: 5, rate: 3e-3 }, context)
    expect(deep.model.metrics.validationAccuracy).toBeGreaterThan(0.9)
    expect(flat.model.metrics.validationAccuracy).toBeLessThan(0.6)
    const scorer = await openRowScorer({
      recipe: bradleyTerryHead as never,
      ...deep,
      weights: deep.model.weights,
      settings: {},
      width,
    })
    const test = world(700, 3)
    const chosen = await scorer.score({ completion: test.chosen })
    const rejected = await scorer.score({ completion: test.rejected })
    expect(pairQuality(chosen.reward, rejected.reward).accuracy).toBeGreaterThan(0.88)
    await scorer.close()
  })

  it('gives the same weights for the same seed, in a worker as here', async () => {
    const data = { train: world(300, 1), validation: world(100, 2) }
    const here = await bradleyTerryHead.run(data, { hidden: [8], epochs: 2 }, { seed: 3, worker: false })
    const there = await bradleyTerryHead.run(data, { hidden: [8], epochs: 2 }, { seed: 3, worker: true })
    expect(there.model.weights).toEqual(here.model.weights)
  })
})
