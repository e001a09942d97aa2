import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { critiqueThenScore } from './critique-then-score.ts'
import { type EncodedPairs, pairsOfFeatures } from './encoded-pairs.ts'
import type { Recipe } from './recipe.ts'
import { openRowScorer } from './score-rows.ts'
import { pairQuality } from './train-pairs.ts'

const text = 6
const width = text + 1
const context = { seed: 7, worker: false, threads: 1 }
const settings = { hidden: [], critiqueHidden: [32], epochs: 60, batchSize: 32, rate: 1e-2 }

/** Completions whose worth is the product of two features; the critique names it. */
function world(count: number, seed: number, critiques: 'given' | 'none' = 'given'): EncodedPairs {
  const stream = new RandomStream(seed)
  const sides = [new Float64Array(count * width), new Float64Array(count * width)]
  for (let row = 0; row < count; row++) {
    const drawn = [0, 1].map(() => Array.from({ length: text }, () => stream.normal()))
    const worth = (x: number[]): number => Math.sin(2 * x[0]! + x[1]! * x[2]!)
    const order = worth(drawn[0]!) > worth(drawn[1]!) ? [0, 1] : [1, 0]
    order.forEach((from, side) => {
      const critique = critiques === 'given' ? worth(drawn[from]!) : Number.NaN
      sides[side]!.set([...drawn[from]!, critique], row * width)
    })
  }
  return pairsOfFeatures(sides[0]!, sides[1]!, width)
}

async function accuracy(
  { model, parameters }: Awaited<ReturnType<typeof critiqueThenScore.run>>,
  pairs: EncodedPairs,
  critique = parameters.critique,
): Promise<number> {
  const scorer = await openRowScorer({
    recipe: critiqueThenScore as unknown as Recipe,
    parameters: { ...parameters, critique },
    weights: model.weights,
    settings: model.settings,
    width,
  })
  const chosen = await scorer.score({ completion: pairs.chosen })
  const rejected = await scorer.score({ completion: pairs.rejected })
  await scorer.close()
  for (const value of [...chosen.reward, ...rejected.reward]) expect(Number.isFinite(value)).toBe(true)
  return pairQuality(chosen.reward, rejected.reward).accuracy
}

describe('critique-then-score', () => {
  it('scores by given critiques, by its own where there is none, and worse by nothing', async () => {
    const data = { train: world(600, 1), validation: world(200, 2) }
    const trained = await critiqueThenScore.run(data, settings, context)
    const given = await accuracy(trained, world(500, 3))
    const own = await accuracy(trained, world(500, 3, 'none'))
    expect(given).toBeGreaterThan(0.9)
    expect(own).toBeGreaterThan(0.6)
    // The own critique is asked for although one is given.
    expect(await accuracy(trained, world(500, 3), 'own')).toBe(own)
    const blind = await critiqueThenScore.run(data, { ...settings, critique: 'none' }, context)
    expect(await accuracy(blind, world(500, 3))).toBeLessThan(own - 0.03)
    // Validation judges without the critiques that it has.
    expect(trained.model.metrics.validationAccuracy).toBeLessThan(given - 0.03)
  })

  it('learns from the critiques of some completions only, and from ties', async () => {
    const train = world(400, 1)
    const values = 'path' in train.chosen ? [] : train.chosen.values
    for (let row = 0; row < 200; row++) (values as Float32Array)[row * width + text] = Number.NaN
    const tie = new Uint8Array(400).fill(1, 350)
    const trained = await critiqueThenScore.run(
      { train: { ...train, tie }, validation: world(100, 2) },
      settings,
      context,
    )
    expect(await accuracy(trained, world(300, 3))).toBeGreaterThan(0.85)
  })

  it('gives the same weights for the same seed', async () => {
    const data = { train: world(100, 1), validation: world(50, 2) }
    const [one, other] = [
      await critiqueThenScore.run(data, { ...settings, epochs: 2 }, context),
      await critiqueThenScore.run(data, { ...settings, epochs: 2 }, context),
    ]
    expect(other.model.weights).toEqual(one.model.weights)
  })

  it('refuses data without critiques, and columns that leave nothing to read', async () => {
    const data = { train: world(20, 1, 'none'), validation: world(20, 2) }
    await expect(critiqueThenScore.run(data, settings, context)).rejects.toMatchObject({ code: 'DATA_EMPTY' })
    await expect(
      critiqueThenScore.run(data, { ...settings, critiqueColumns: width }, context),
    ).rejects.toMatchObject({ code: 'PARAMETER_INVALID' })
  })
})
