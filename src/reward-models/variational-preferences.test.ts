import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { type EncodedPairs, pairsOfFeatures, selectPairs } from './encoded-pairs.ts'
import { openRowScorer, type Scorable } from './score-rows.ts'
import { pairQuality } from './train-pairs.ts'
import { activeQueries, asUserVectors, posteriorOf } from './user-posterior.ts'
import { variationalPreferences } from './variational-preferences.ts'

const width = 3
const context = { seed: 3, worker: false, threads: 1 } as const

/** Even users like a high first feature, odd ones a low one. */
function users(count: number, each: number, seed: number): EncodedPairs {
  const stream = new RandomStream(seed)
  const chosen: number[] = []
  const rejected: number[] = []
  const codes = Int32Array.from({ length: count * each }, (_, pair) => Math.floor(pair / each))
  for (const user of codes) {
    const draw = (): number[] => Array.from({ length: width }, () => stream.normal())
    const [a, b] = [draw(), draw()]
    const first = a[0]! > b[0]! === (user % 2 === 0)
    chosen.push(...(first ? a : b))
    rejected.push(...(first ? b : a))
  }
  const names = Array.from({ length: count }, (_, user) => `user ${user}`)
  return pairsOfFeatures(chosen, rejected, width, { users: { codes, names } })
}

const small = { latent: 4, hidden: 24, epochs: 100, batchSets: 32, rate: 5e-3 }
const none = pairsOfFeatures([], [], width)

async function trained(parameters: object): Promise<Scorable> {
  const data = { train: users(200, 8, 1), validation: none }
  const run = await variationalPreferences.run(data, { ...small, ...parameters }, context)
  return { recipe: variationalPreferences as never, ...run.model, parameters: run.parameters, width }
}

async function accuracy(model: Scorable, test: EncodedPairs): Promise<number> {
  const names = Array.from(test.users.codes, (code) => test.users.names[code]!)
  const scorer = await openRowScorer(model)
  const chosen = await scorer.score({ completion: test.chosen, users: names })
  const rejected = await scorer.score({ completion: test.rejected, users: names })
  await scorer.close()
  return pairQuality(chosen.reward, rejected.reward).accuracy
}

describe('variational-preferences', () => {
  let model: Scorable
  beforeAll(async () => {
    model = await trained({})
  })

  it('serves its own users and, from eight pairs each, new ones', async () => {
    expect(await accuracy(model, users(200, 8, 2))).toBeGreaterThan(0.85)
    const fresh = asUserVectors(model, await posteriorOf(model, users(60, 8, 5)))
    expect(await accuracy({ ...model, users: fresh }, users(60, 8, 6))).toBeGreaterThan(0.85)
    const strangers = {
      ...users(60, 8, 6),
      users: { ...users(60, 8, 6).users, names: fresh.names.map((n) => `${n}?`) },
    }
    expect(await accuracy(model, strangers)).toBeLessThan(0.7)
  })

  it('does not mind the order of a user’s pairs', async () => {
    const own = users(1, 8, 9)
    const turned = selectPairs(
      own,
      Int32Array.from({ length: 8 }, (_, row) => 7 - row),
    )
    const [a, b] = [await posteriorOf(model, own), await posteriorOf(model, turned)]
    a.mean.forEach((value, at) => {
      expect(b.mean[at]).toBeCloseTo(value, 5)
    })
  })

  it('asks about the pair that tells users apart', async () => {
    // The first candidate differs in the feature that matters, the second in one that does not.
    const candidates = pairsOfFeatures([1.5, 0, 0, 0, 1.5, 0], [-1.5, 0, 0, 0, -1.5, 0], width)
    const [telling, idle] = await activeQueries(model, candidates)
    expect(telling!).toBeGreaterThan(idle!)
    expect((await activeQueries(model, candidates, { size: 2, rule: 'published' })).length).toBe(1)
    await expect(activeQueries(model, candidates, { size: 2, hypotheses: 3 })).rejects.toThrow(
      /without a random stream/,
    )
  })

  it('learns with the ordered encoder and the language form too', async () => {
    const ordered = await trained({ encoder: 'ordered' })
    const fresh = asUserVectors(ordered, await posteriorOf(ordered, users(60, 8, 5)))
    expect(await accuracy({ ...ordered, users: fresh }, users(60, 8, 6))).toBeGreaterThan(0.75)
    const language = await trained({ form: 'language', klWeight: 1e-3, scaleLatent: 'always' })
    const posteriors = asUserVectors(language, await posteriorOf(language, users(60, 8, 5)))
    expect(await accuracy({ ...language, users: posteriors }, users(60, 8, 6))).toBeGreaterThan(0.8)
  })

  it('gives the same weights for the same seed, stopped in between or not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guerdon-variational-'))
    try {
      const data = { train: users(100, 8, 1), validation: none }
      const parameters = { ...small, epochs: 110 }
      const whole = await variationalPreferences.run(data, parameters, context)
      const stop = new AbortController()
      const progress = (_: string, step: number): void => {
        if (step >= 288) stop.abort()
      }
      const stopped = { ...context, checkpoints: folder, abort: stop.signal, progress }
      await expect(variationalPreferences.run(data, parameters, stopped)).rejects.toThrow(/cancelled/)
      const resumed = await variationalPreferences.run(data, parameters, { ...context, checkpoints: folder })
      expect(resumed.model.weights).toEqual(whole.model.weights)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it('says that users are needed', async () => {
    const bare = pairsOfFeatures([1, 2], [2, 1], 2)
    await expect(variationalPreferences.run({ train: bare, validation: bare }, {}, context)).rejects.toThrow(
      /two or more users/,
    )
    await expect(posteriorOf(model, none)).rejects.toThrow(/at least one pair/)
  })
})
