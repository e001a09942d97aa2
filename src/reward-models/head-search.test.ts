import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { GuerdonError } from '../records/error.ts'
import { type EncodedPairs, pairsOfFeatures, selectPairs } from './encoded-pairs.ts'
import { headSearch, type SearchReport } from './head-search.ts'
import { joinPairs } from './join-pairs.ts'
import { heldOutQuality } from './score-pairs.ts'

const width = 6

/** Pairs whose utility is x₀·x₁, or coin flips. */
function pairs(count: number, seed: number, source: string, random = false): EncodedPairs {
  const stream = new RandomStream(seed)
  const sides = [new Float64Array(count * width), new Float64Array(count * width)] as const
  for (let row = 0; row < count; row++) {
    const from = row * width
    for (const side of sides)
      for (let column = 0; column < width; column++) side[from + column] = stream.normal()
    const [a, b] = sides
    const ahead = random ? stream.uniform() - 0.5 : a[from]! * a[from + 1]! - b[from]! * b[from + 1]!
    if (ahead >= 0) continue
    const kept = a.slice(from, from + width)
    a.set(b.subarray(from, from + width), from)
    b.set(kept, from)
  }
  return pairsOfFeatures(sides[0], sides[1], width, {
    sources: { codes: new Int32Array(count), names: [source] },
  })
}

const context = { seed: 3, worker: false, threads: 1 }
const small = {
  heads: [[], [16]],
  activations: ['silu' as const],
  centrings: [0, 0.1],
  epochs: 12,
  batchSize: 32,
  rate: 5e-3,
}

describe('head-search', () => {
  it('finds that a product needs a hidden layer, drops a source of coin flips, and scores as it chose', async () => {
    const data = {
      train: joinPairs([pairs(1200, 1, 'good'), pairs(1200, 2, 'coin', true)]),
      validation: pairs(800, 3, 'good'),
    }
    const found = await headSearch.run(data, { ...small, sources: 'drop' }, context)
    const report = found.model.report as SearchReport
    expect(report.chosen.hidden).toEqual([16])
    expect(report.tried.filter(({ question }) => question === 'head').map(({ hidden }) => hidden)).toEqual([
      [16],
      [],
    ])
    expect(report.sources!.sources.map(({ source, keep }) => [source, keep])).toEqual([
      ['good', true],
      ['coin', false],
    ])
    expect(found.model.metrics.trainedOn).toBe(1200)
    const test = pairs(1000, 4, 'good')
    expect((await heldOutQuality(headSearch, found, test)).accuracy).toBeGreaterThan(0.85)
    const again = await headSearch.run(data, { ...small, sources: 'drop' }, context)
    expect(again.model.weights).toEqual(found.model.weights)
  })

  it('tries every combination in a grid', async () => {
    const data = { train: pairs(200, 1, 'a'), validation: pairs(100, 2, 'a') }
    const { model } = await headSearch.run(data, { ...small, epochs: 1, search: 'grid' }, context)
    expect((model.report as SearchReport).tried).toHaveLength(4)
    expect(model.metrics.tried).toBe(4)
  })

  it('says what is missing', async () => {
    const train = pairs(50, 1, 'a')
    const none = selectPairs(train, new Int32Array(0))
    await expect(headSearch.run({ train, validation: none }, small, context)).rejects.toThrow(GuerdonError)
    await expect(
      headSearch.run({ train, validation: train }, { ...small, epochs: 1, sources: 'drop' }, context),
    ).rejects.toThrow(/fewer than two sources/)
    await expect(headSearch.run({ train, validation: train }, { heads: [] }, context)).rejects.toThrow(
      GuerdonError,
    )
  })
})
