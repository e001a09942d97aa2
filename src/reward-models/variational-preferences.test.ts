import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { type EncodedPairs, noCategories, pairsOfFeatures, selectPairs } from './encoded-pairs.ts'
import type { Recipe } from './recipe.ts'
import { openRowScorer } from './score-rows.ts'
import { pairQuality } from './train-pairs.ts'
import { posteriorOf, userPosteriors } from './user-posterior.ts'
import { rowsByUser } from './user-sets.ts'
import { variationalPreferences } from './variational-preferences.ts'

const width = 3
const context = { seed: 3, worker: false, threads: 1 } as const

/** Users with ten pairs each; every second one wants the opposite of the others in the first feature. */
function opposed(users: number, seed: number): EncodedPairs {
  const stream = new RandomStream(seed)
  const count = users * 10
  const chosen = Float64Array.from({ length: count * width }, () => stream.normal())
  const rejected = Float64Array.from({ length: count * width }, () => stream.normal())
  for (let pair = 0; pair < count; pair++) {
    const at = pair * width
    const user = Math.floor(pair / 10)
    if (chosen[at]! > rejected[at]! === (user % 2 === 0)) continue
    const kept = chosen.slice(at, at + width)
    chosen.set(rejected.subarray(at, at + width), at)
    rejected.set(kept, at)
  }
  return pairsOfFeatures(chosen, rejected, width, {
    users: {
      codes: Int32Array.from({ length: count }, (_, pair) => Math.floor(pair / 10)),
      names: Array.from({ length: users }, (_, user) => `user ${user}`),
    },
  })
}

const training = { hidden: 16, latent: 4, epochs: 25, rate: 1e-2, sets: 16 } as const

describe('variational-preferences', () => {
  for (const extra of [
    {},
    { targets: 4, divergence: 0.01 },
    { encoder: 'ordered', targets: 0, form: 'control', divergence: 0.2 },
    { length: 'always' },
  ] as const)
    it(`serves users who want the opposite, known and new (${JSON.stringify(extra)})`, async () => {
      const data = { train: opposed(120, 1), validation: opposed(120, 2) }
      const { model, parameters } = await variationalPreferences.run(data, { ...training, ...extra }, context)
      // The same names have the same taste in both splits.
      expect(model.metrics.validationAccuracy).toBeGreaterThan(0.85)
      const fresh = opposed(2, 5)
      const own = { weights: model.weights, parameters, width }
      const found = await userPosteriors(own, fresh, rowsByUser(fresh))
      const scorer = await openRowScorer({
        recipe: variationalPreferences as unknown as Recipe,
        ...own,
        settings: {},
        users: { ...model.users!, names: ['user 0', 'user 1'], vectors: found.latent },
      })
      const test = opposed(2, 6)
      const users = Array.from(test.users.codes, (code) => `user ${code}`)
      const [a, b] = [
        await scorer.score({ completion: test.chosen, users }),
        await scorer.score({ completion: test.rejected, users }),
      ]
      await scorer.close()
      expect(pairQuality(a.reward, b.reward).accuracy).toBeGreaterThan(0.8)
    })

  it('gives the same weights for the same seed', async () => {
    const data = { train: opposed(20, 1), validation: opposed(0, 1) }
    const run = () => variationalPreferences.run(data, { ...training, epochs: 2 }, context)
    const [a, b] = [await run(), await run()]
    expect(a.model.weights).toEqual(b.model.weights)
    expect(a.model.users).toEqual(b.model.users)
  })

  it('continues a run that was cancelled as if it had never stopped', async () => {
    const data = { train: opposed(60, 1), validation: opposed(0, 1) }
    const parameters = { ...training, epochs: 14, sets: 8 }
    const whole = await variationalPreferences.run(data, parameters, context)
    const checkpoints = mkdtempSync(join(tmpdir(), 'guerdon-users-'))
    try {
      const stop = new AbortController()
      const cancelled = variationalPreferences.run(data, parameters, {
        ...context,
        checkpoints,
        abort: stop.signal,
        progress: (_, step) => step >= 128 && stop.abort(),
      })
      await expect(cancelled).rejects.toThrow(/cancelled after step/)
      const resumed = await variationalPreferences.run(data, parameters, { ...context, checkpoints })
      expect(resumed.model.weights).toEqual(whole.model.weights)
    } finally {
      rmSync(checkpoints, { recursive: true })
    }
  })

  it('knows no more of a user without pairs than the prior, and does not mind the order of pairs', async () => {
    const pairs = opposed(20, 1)
    const { model, parameters } = await variationalPreferences.run(
      { train: pairs, validation: opposed(0, 1) },
      { ...training, epochs: 2 },
      context,
    )
    const own = { weights: model.weights, parameters, width }
    const none = await posteriorOf(own, selectPairs(pairs, new Int32Array(0)))
    expect(none.latent).toEqual(model.users!.unknown)
    const [forward, backward] = [
      await posteriorOf(own, selectPairs(pairs, Int32Array.of(0, 1, 2))),
      await posteriorOf(own, selectPairs(pairs, Int32Array.of(2, 1, 0))),
    ]
    forward.mean.forEach((value, entry) => {
      expect(backward.mean[entry]).toBeCloseTo(value, 5)
    })
  })

  it('says what is missing', async () => {
    const bare = pairsOfFeatures([1, 2, 3], [3, 2, 1], width, { users: noCategories(1) })
    const run = (train: EncodedPairs, parameters = {}) =>
      variationalPreferences.run({ train, validation: train }, parameters, context)
    await expect(run(bare)).rejects.toThrow(/whose preference/)
    const lone = { ...bare, users: { codes: Int32Array.of(0), names: ['one'] } }
    await expect(run(lone, { targets: 1 })).rejects.toThrow(/no user has enough pairs/)
    await expect(run(opposed(2, 1), { fewest: 9 })).rejects.toThrow(/smallest context/)
  })
})
