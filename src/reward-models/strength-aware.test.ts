import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { GuerdonError } from '../records/error.ts'
import { type EncodedPairs, pairsOfFeatures } from './encoded-pairs.ts'
import { heldOutQuality } from './score-pairs.ts'
import { type StrengthReport, strengthAware } from './strength-aware.ts'
import { voteStrength } from './strength-votes.ts'

const width = 4

/** Pairs with utility x₀ + x₁, of which a share is labelled the other way round; and which ones are. */
function pairs(count: number, seed: number, wrong = 0) {
  const stream = new RandomStream(seed)
  const sides: [number[], number[]] = [[], []]
  const flipped: boolean[] = []
  for (let row = 0; row < count; row++) {
    const drawn = [0, 1].map(() => Array.from({ length: width }, () => stream.normal()))
    drawn.sort(([a, b], [c, d]) => c! + d! - a! - b!)
    const flip = stream.uniform() < wrong
    flipped.push(flip)
    sides[0].push(...drawn[flip ? 1 : 0]!)
    sides[1].push(...drawn[flip ? 0 : 1]!)
  }
  return { pairs: pairsOfFeatures(sides[0], sides[1], width), flipped }
}

const context = { seed: 2, worker: false, threads: 1 }
const small = {
  hidden: [16],
  epochs: 15,
  batchSize: 32,
  rate: 3e-3,
  select: 'last' as const,
  voters: 2,
  voterEpochs: 3,
}
const votes = {
  hidden: [16],
  activation: 'silu' as const,
  epochs: 3,
  batchSize: 32,
  rate: 3e-3,
  weightDecay: 0,
  select: 'last' as const,
  voters: 2,
  folds: 2,
}

describe('strength-aware', () => {
  const noisy = pairs(800, 1, 0.3)
  const data = { train: noisy.pairs, validation: pairs(200, 2).pairs }
  const test: EncodedPairs = pairs(800, 3).pairs

  it('has voters that find wrong labels they were not trained on', async () => {
    const { train, validation } = await voteStrength(data, votes, context)
    const negative = noisy.flipped.filter((_, row) => train.mean[row]! < 0)
    expect(negative.filter(Boolean).length / negative.length).toBeGreaterThan(0.7)
    expect(validation.mean.filter((mean) => mean > 0).length / 200).toBeGreaterThan(0.85)
    expect(train.std.every((deviation) => deviation >= 0)).toBe(true)
    await expect(
      voteStrength({ ...data, train: { ...data.train, prompts: new Int32Array(800) } }, votes, context),
    ).rejects.toThrow(GuerdonError)
  })

  it('is better with flips than with the labels as they are, reports 20 groups, and repeats itself', async () => {
    const kept = await strengthAware.run(data, { ...small, incorrect: 'keep', margin: false }, context)
    const flipped = await strengthAware.run(data, { ...small, margin: false }, context)
    const quality = async (trained: typeof kept) =>
      (await heldOutQuality(strengthAware, trained, test)).accuracy
    expect(await quality(flipped)).toBeGreaterThan((await quality(kept)) + 0.02)
    const report = flipped.model.report as StrengthReport
    expect(report.groups).toHaveLength(20)
    expect(report.groups.reduce((sum, group) => sum + group.pairs, 0)).toBe(800)
    expect(report.marked / 800).toBe(report.rejected)
    const again = await strengthAware.run(data, { ...small, margin: false }, context)
    expect(again.model.weights).toEqual(flipped.model.weights)
  })

  it('smooths, keeps margins, and marks a share', async () => {
    const few = { ...small, epochs: 2, voters: 1, folds: 1 }
    for (const parameters of [
      { incorrect: 'smooth' as const },
      { incorrect: 'keep' as const },
      { weakest: 0.1 },
    ]) {
      const { model } = await strengthAware.run(data, { ...few, ...parameters }, context)
      expect(Number.isFinite(model.metrics.validationLogLoss)).toBe(true)
      if ('weakest' in parameters) expect(model.metrics.marked).toBe(80)
    }
    await expect(strengthAware.run(data, { smoothing: 2 }, context)).rejects.toThrow(GuerdonError)
  })
})
