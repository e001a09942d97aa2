import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { GuerdonError } from '../records/error.ts'
import { bradleyTerryHead } from './bradley-terry-head.ts'
import { type EncodedPairs, pairsOfFeatures } from './encoded-pairs.ts'
import { joinPairs } from './join-pairs.ts'
import { metaReward, metaSetOfPairs, trainMetaReward } from './meta-reward.ts'
import { heldOutQuality } from './score-pairs.ts'

const width = 4

function pairs(count: number, seed: number, source: string, shift = 0): EncodedPairs {
  const stream = new RandomStream(seed)
  const rows = Array.from({ length: count }, () =>
    [0, 1]
      .map(() => Array.from({ length: width }, () => shift + stream.normal()))
      .sort(([a, b], [c, d]) => c! - d! - a! + b!),
  )
  return pairsOfFeatures(
    rows.flatMap(([chosen]) => chosen!),
    rows.flatMap(([, rejected]) => rejected!),
    width,
    { sources: { codes: new Int32Array(count), names: [source] } },
  )
}

const context = { seed: 4, worker: false, threads: 1 }
const small = { hidden: [12], epochs: 6, batchSize: 32, rate: 5e-3, weightDecay: 0, select: 'last' as const }

describe('meta-reward', () => {
  const labelled = pairs(400, 1, 'labelled')
  const data = {
    train: joinPairs([labelled, pairs(60, 2, 'policy', 2)]),
    validation: pairs(100, 3, 'labelled'),
  }
  const test = pairs(400, 4, 'labelled')

  it('learns beside unlabelled responses, and another way than without them', async () => {
    const trained = await metaReward.run(data, { ...small, metaRate: 0.5 }, context)
    expect((await heldOutQuality(metaReward, trained, test)).accuracy).toBeGreaterThan(0.9)
    expect(trained.model.metrics.metaPrompts).toBe(60)
    const again = await metaReward.run(data, { ...small, metaRate: 0.5 }, context)
    expect(again.model.weights).toEqual(trained.model.weights)
    const without = await metaReward.run(data, { ...small, metaRate: 0 }, context)
    expect(without.model.weights).not.toEqual(trained.model.weights)
  })

  it('is plain Bradley–Terry when the meta step has no length', async () => {
    const split = { train: labelled, validation: data.validation }
    const options = { ...small, activation: 'silu' as const, metaRate: 0 }
    const meta = metaSetOfPairs(pairs(60, 2, 'policy', 2))
    const { parameters } = await trainMetaReward(split, meta, options, context)
    const plain = await bradleyTerryHead.run(split, { ...small, schedule: 'constant' }, context)
    // The last bias cancels in differences: its gradient is rounding alone, which Adam makes as large as any other.
    for (const [name, { values }] of Object.entries(parameters).filter(([name]) => name !== 'head.1.bias'))
      values.forEach((value, at) => {
        expect(value).toBeCloseTo(plain.model.weights[name]!.values[at]!, 3)
      })
  })

  it('says that the responses are missing', async () => {
    await expect(metaReward.run({ ...data, train: labelled }, small, context)).rejects.toThrow(/"policy"/)
    const meta = { prompts: 2, responses: 2, embeddings: new Float32Array(3) }
    await expect(
      trainMetaReward(
        { ...data, train: labelled },
        meta,
        { ...small, activation: 'silu', metaRate: 1 },
        context,
      ),
    ).rejects.toThrow(GuerdonError)
  })
})
