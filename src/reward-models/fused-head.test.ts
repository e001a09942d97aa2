import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { pairsOfFeatures } from './encoded-pairs.ts'
import { fusedHead } from './fused-head.ts'
import type { Recipe } from './recipe.ts'
import { FusionIndex } from './reward-fusion.ts'
import { openRowScorer } from './score-rows.ts'

const width = 6

function pairs(count: number, seed: number) {
  const stream = new RandomStream(seed)
  const draw = (shift: number) =>
    Float64Array.from({ length: count * width }, (_, at) => stream.normal() + (at % width === 0 ? shift : 0))
  return pairsOfFeatures(draw(1), draw(-1), width)
}

async function trained(threshold: number) {
  const { model, parameters } = await fusedHead.run(
    { train: pairs(300, 1), validation: pairs(100, 2) },
    { hidden: [8], epochs: 3, corpus: 120, threshold },
    { seed: 4, worker: false },
  )
  const scorer = await openRowScorer({
    recipe: fusedHead as unknown as Recipe,
    parameters,
    weights: model.weights,
    settings: model.settings,
    width,
  })
  const test = pairs(90, 3).chosen
  const scores = await scorer.score({ completion: test })
  await scorer.close()
  return { model, test, scores }
}

describe('fused-head', () => {
  it('averages with similar answers of the corpus as the formula on plain arrays does', async () => {
    const { model, test, scores } = await trained(0.6)
    const index = new FusionIndex(
      model.weights['corpus.embedding']!.values,
      width,
      model.weights['corpus.reward']!.values,
    )
    const expected = index.fuse((test as { values: Float32Array }).values, scores.parts.unfused!, {
      threshold: 0.6,
    })
    expected.forEach((value, row) => {
      expect(scores.reward[row]).toBeCloseTo(value, 4)
    })
    expect(scores.reward).not.toEqual(scores.parts.unfused)
  })

  it('is the plain head when no answer is similar enough', async () => {
    const { scores } = await trained(1.5)
    expect(scores.reward).toEqual(scores.parts.unfused)
  })
})
