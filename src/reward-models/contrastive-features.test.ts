import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { GuerdonError } from '../records/error.ts'
import { contrastiveFeatures } from './contrastive-features.ts'
import { type EncodedPairs, pairsOfFeatures } from './encoded-pairs.ts'
import { meanFeatureCosine } from './feature-cosine.ts'
import { heldOutQuality } from './score-pairs.ts'

const width = 6

function pairs(count: number, seed: number): EncodedPairs {
  const stream = new RandomStream(seed)
  const rows = Array.from({ length: count }, () =>
    [0, 1]
      .map(() => Array.from({ length: width }, () => stream.normal()))
      .sort(([a, b], [c, d]) => c! - d! - a! + b!),
  )
  return pairsOfFeatures(
    rows.flatMap(([chosen]) => chosen!),
    rows.flatMap(([, rejected]) => rejected!),
    width,
  )
}

const context = { seed: 1, worker: false, threads: 1 }
const small = { hidden: [16], epochs: 6, batchSize: 32, rate: 5e-3 }

describe('contrastive-features', () => {
  const data = { train: pairs(500, 1), validation: pairs(150, 2) }
  const test = pairs(400, 3)

  it('learns with every contrast and moves features apart', async () => {
    const plain = await contrastiveFeatures.run(data, { ...small, weight: 0 }, context)
    const apart = await contrastiveFeatures.run(data, small, context)
    for (const trained of [
      plain,
      apart,
      await contrastiveFeatures.run(data, { ...small, of: 'differences', weight: 0.5 }, context),
      await contrastiveFeatures.run(data, { ...small, contrast: 'swav', weight: 0.1 }, context),
    ])
      expect((await heldOutQuality(contrastiveFeatures, trained, test)).accuracy).toBeGreaterThan(0.9)
    expect(await meanFeatureCosine(apart, test)).toBeLessThan(await meanFeatureCosine(plain, test))
    const again = await contrastiveFeatures.run(data, small, context)
    expect(again.model.weights).toEqual(apart.model.weights)
    expect(Object.keys(apart.model.weights)).not.toContain('prototypes')
  })

  it('needs a hidden layer whose features it can contrast', async () => {
    await expect(contrastiveFeatures.run(data, { hidden: [] }, context)).rejects.toThrow(GuerdonError)
  })
})
