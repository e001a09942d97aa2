import { describe, expect, it } from 'vitest'
import { hostTensor } from '../engine/host-tensor.ts'
import { hedgeWeights } from '../numerics/hedge-weights.ts'
import { RandomStream } from '../numerics/random.ts'
import { type EncodedPairs, pairsOfFeatures, selectPairs } from './encoded-pairs.ts'
import { mixture } from './mixture.ts'
import { mixturePreference } from './mixture-preference.ts'
import { adaptMixture } from './mixture-users.ts'
import type { Scorable } from './score-rows.ts'

const width = 5
const context = { seed: 3, worker: false, threads: 1 } as const

/** Two kinds of users who want the opposite; every prompt is the same. */
function opposed(count: number, seed: number): EncodedPairs {
  const stream = new RandomStream(seed)
  const sides = [new Float64Array(count * width), new Float64Array(count * width)]
  for (const side of sides) for (let at = 0; at < side.length; at++) side[at] = stream.normal()
  const codes = Int32Array.from({ length: count }, (_, pair) => pair % 20)
  for (let pair = 0; pair < count; pair++) {
    const first = sides[0]![pair * width]! > sides[1]![pair * width]!
    if (first === codes[pair]! < 10) continue
    for (let at = pair * width; at < (pair + 1) * width; at++) {
      const kept = sides[0]![at]!
      sides[0]![at] = sides[1]![at]!
      sides[1]![at] = kept
    }
  }
  return pairsOfFeatures(sides[0]!, sides[1]!, width, {
    prompt: hostTensor(new Float32Array(count * width).fill(1), [count, width]),
    users: { codes, names: Array.from({ length: 20 }, (_, user) => `user ${user}`) },
  })
}

async function trained(parameters: object): Promise<Scorable> {
  const data = { train: opposed(2000, 1), validation: opposed(200, 2) }
  const given = { heads: 3, epochs: 12, batchSize: 64, rate: 2e-2, ...parameters }
  const { model, parameters: all } = await mixture.run(data, given, context)
  return { recipe: mixture as never, parameters: all, ...model, width }
}

const accuracy = (probability: Float64Array): number =>
  probability.filter((p) => p > 0.5).length / probability.length

describe('mixture', () => {
  it('serves users who want the opposite, and nobody without their labels', async () => {
    for (const router of [true, false]) {
      const model = await trained({ router })
      const test = opposed(600, 4)
      expect(accuracy((await mixturePreference(model, test)).probability)).toBeGreaterThan(0.8)
      const { users: _users, ...unknown } = model
      const found = await mixturePreference(unknown, test)
      expect(accuracy(found.probability)).toBeLessThan(0.65)
      expect(found.heads).toBe(3)
    }
  })

  it('gives the same weights for the same seed', async () => {
    const [a, b] = [await trained({ epochs: 1 }), await trained({ epochs: 1 })]
    expect(a.weights).toEqual(b.weights)
    expect(a.users).toEqual(b.users)
  })

  it('adapts as Hedge does', async () => {
    const model = await trained({ epochs: 4 })
    const own = selectPairs(
      opposed(400, 5),
      Int32Array.from({ length: 12 }, (_, index) => 20 * index),
    )
    const logits = adaptMixture(model.weights, own, 0.7)
    const { users: _users, ...unknown } = model
    const { chosen, rejected, heads } = await mixturePreference(unknown, own)
    const hedged = hedgeWeights(
      chosen.map((reward, at) => reward - rejected[at]!),
      heads,
      { eta: 0.7 },
    ).weights.slice(-heads)
    const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0)
    hedged.forEach((weight, head) => {
      expect(Math.exp(logits[head]!) / sum).toBeCloseTo(weight, 4)
    })
  })

  it('says that the router needs prompts, and that pairs must fit', async () => {
    const { prompt: _prompt, ...bare } = opposed(40, 1)
    await expect(mixture.run({ train: bare, validation: bare }, {}, context)).rejects.toThrow(
      /embeddings of the prompts/,
    )
    const model = await trained({ epochs: 1 })
    expect(() => adaptMixture(model.weights, pairsOfFeatures([1], [2], 1))).toThrow(/do not fit the mixture/)
    expect(() => adaptMixture(model.weights, bare, -1)).toThrow(/rate of Hedge/)
  })
})
