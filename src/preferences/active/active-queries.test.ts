import { beforeAll, describe, expect, it } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { type EncodedPairs, flipPairs, pairsOfFeatures } from '../../reward-models/encoded-pairs.ts'
import type { VariationalModel } from '../../reward-models/user-posterior.ts'
import { variationalPreferences } from '../../reward-models/variational-preferences.ts'
import { activeQueries, QUERY_RULES } from './active-queries.ts'

const width = 2

/** Users who want more or less of the first feature; `flat` pairs do not differ in it. */
function pairs(users: number, seed: number, flat = 0): EncodedPairs {
  const stream = new RandomStream(seed)
  const count = users * 10
  const chosen = new Float64Array(count * width)
  const rejected = new Float64Array(count * width)
  for (let pair = 0; pair < count; pair++) {
    const user = Math.floor(pair / 10)
    const sign = user % 2 === 0 ? 1 : -1
    const [a, b] = [stream.normal(), stream.normal()]
    chosen[2 * pair] = sign * Math.max(sign * a, sign * b)
    rejected[2 * pair] = pair < flat ? chosen[2 * pair]! : sign * Math.min(sign * a, sign * b)
    chosen[2 * pair + 1] = stream.normal()
    rejected[2 * pair + 1] = stream.normal()
  }
  return pairsOfFeatures(chosen, rejected, width, {
    users: {
      codes: Int32Array.from({ length: count }, (_, pair) => Math.floor(pair / 10)),
      names: Array.from({ length: users }, (_, user) => `user ${user}`),
    },
  })
}

describe('active-queries', () => {
  let model: VariationalModel
  beforeAll(async () => {
    const run = await variationalPreferences.run(
      { train: pairs(100, 1), validation: pairs(0, 1) },
      { hidden: 16, latent: 2, fewest: 1, epochs: 40, rate: 1e-2, sets: 16 },
      { seed: 3, worker: false, threads: 1 },
    )
    model = { weights: run.model.weights, parameters: run.parameters, width }
  })

  it('asks about what users disagree on', async () => {
    const pool = pairs(4, 7, 20)
    const found = await activeQueries(model, pool, new RandomStream(5), { size: 1, candidates: 60 })
    const flat = found.map(({ rows }) => (rows[0]! < 20 ? 1 : 0))
    const early = flat.slice(0, 20).reduce((sum: number, value) => sum + value, 0)
    const late = flat.slice(-20).reduce((sum: number, value) => sum + value, 0)
    expect(late).toBeGreaterThan(early + 5)
    for (const { score } of found) {
      expect(score).toBeGreaterThanOrEqual(0)
      expect(score).toBeLessThanOrEqual(Math.log(2) + 1e-9)
    }
  })

  it('is the same for the same seed, best first, and blind to which side the pool calls chosen', async () => {
    const pool = pairs(2, 8)
    const flipped = flipPairs(pool, new Uint8Array(pool.count).fill(1))
    for (const rule of QUERY_RULES) {
      const options = { size: 2, candidates: 10, rule }
      const found = await activeQueries(model, pool, new RandomStream(5), options)
      expect(await activeQueries(model, pool, new RandomStream(5), options)).toEqual(found)
      const other = await activeQueries(model, flipped, new RandomStream(5), options)
      found.forEach(({ score }, place) => {
        if (place > 0) expect(score).toBeLessThanOrEqual(found[place - 1]!.score)
        expect(other[place]!.score).toBeCloseTo(score, 4)
      })
    }
  })

  it('learns less from more questions about what was answered already', async () => {
    const pool = pairs(4, 9)
    const options = { size: 1, candidates: 30 }
    const mean = (found: readonly { score: number }[]) =>
      found.reduce((sum, { score }) => sum + score, 0) / found.length
    const before = await activeQueries(model, pool, new RandomStream(5), options)
    const after = await activeQueries(model, pool, new RandomStream(5), { ...options, answered: pairs(1, 3) })
    expect(mean(after)).toBeLessThan(mean(before))
  })

  it('refuses what cannot be asked', async () => {
    const pool = pairs(1, 9)
    const ask = (options: object) => activeQueries(model, pool, new RandomStream(5), options)
    await expect(ask({ size: 11 })).rejects.toThrow(/cannot be drawn/)
    await expect(ask({ size: 0 })).rejects.toThrow(/this size/)
    await expect(ask({ answered: pairsOfFeatures([1], [2], 1) })).rejects.toThrow(/another width/)
  })
})
