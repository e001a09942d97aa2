/** Both stages in a small world: features, a crowd that is right, a source that errs, judges that learn from examples. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import type { CurationPair } from './ask-judges.ts'
import { type Decision, fileJournal, memoryJournal } from './decision-journal.ts'
import type { Verdict } from './judge-aggregation.ts'
import { skyworkFilter } from './skywork-filter.ts'
import {
  type CurationParts,
  type RewardMargins,
  type SkyworkOptions,
  skyworkRounds,
} from './skywork-rounds.ts'

interface FeaturePair extends CurationPair {
  readonly chosen: readonly number[]
  readonly rejected: readonly number[]
  readonly source: string
}

const utility = ([quality]: readonly number[]): number => quality!

/** Pairs of (quality, length); the good source labels by quality, the bad one by length. */
function world(size: number, seed: number): FeaturePair[] {
  const random = new RandomStream(seed)
  return Array.from({ length: size }, (_, index) => {
    const sides = [0, 1].map(() => [random.normal(), random.normal()])
    const source = random.uniform() < 0.55 ? 'crowd' : 'length'
    const score = (side: readonly number[]): number => (source === 'crowd' ? utility(side) : side[1]!)
    const [chosen, rejected] =
      score(sides[0]!) >= score(sides[1]!) ? [sides[0]!, sides[1]!] : [sides[1]!, sides[0]!]
    return { id: `p${index}`, chosen, rejected, source }
  })
}

/** Bradley–Terry on the two features by gradient steps. */
function train(pairs: readonly FeaturePair[]): RewardMargins<FeaturePair> {
  const weights = [0, 0]
  const gap = (pair: FeaturePair, at: number): number => pair.chosen[at]! - pair.rejected[at]!
  for (let step = 0; step < 100; step++) {
    const slope = [0, 0]
    for (const pair of pairs) {
      const margin = weights[0]! * gap(pair, 0) + weights[1]! * gap(pair, 1)
      for (const at of [0, 1]) slope[at]! += gap(pair, at) / (1 + Math.exp(margin)) / pairs.length
    }
    for (const at of [0, 1]) weights[at]! += slope[at]!
  }
  return (list) => list.map((pair) => weights[0]! * gap(pair, 0) + weights[1]! * gap(pair, 1))
}

const person = (pair: FeaturePair): Verdict => {
  const gap = utility(pair.chosen) - utility(pair.rejected)
  return Math.abs(gap) < 0.02 ? null : gap > 0 ? 1 : 2
}

function partsOf(calls: { human: string[]; judge: string[] }): CurationParts<FeaturePair> {
  return {
    embed: (pairs) => pairs.map(({ chosen, rejected }) => [...chosen, ...rejected]),
    human: (pairs) => {
      calls.human.push(...pairs.map(({ id }) => id))
      return pairs.map(person)
    },
    judges: [
      ({ shown, examples }) => {
        calls.judge.push(shown.id)
        const margin = Number(Array.from(train(examples)([shown]) as number[])[0])
        return examples.length === 0 || margin === 0 ? null : margin > 0 ? 1 : 2
      },
    ],
    trainRewardModel: (pairs) => train(pairs),
  }
}

const optionsOf = (more: Partial<SkyworkOptions> = {}): SkyworkOptions => ({
  random: new RandomStream(5),
  rounds: 3,
  goldSize: 40,
  humanPerRound: 5,
  samples: 3,
  ...more,
})

const pairs = world(400, 3)
const [seed, pool] = [pairs.slice(0, 80), pairs.slice(80)]
const accuracy = (model: RewardMargins<FeaturePair>): number => {
  const fresh = world(500, 99)
  const margins = Array.from(model(fresh) as ArrayLike<number>)
  return margins.filter((margin, at) => margin > 0 === (person(fresh[at]!) === 1)).length / fresh.length
}

describe('skyworkRounds', () => {
  test('labels what resembles the errors, and the best model beats the seed’s labels', async () => {
    const calls = { human: [] as string[], judge: [] as string[] }
    const result = await skyworkRounds(seed, pool, partsOf(calls), optionsOf({ trainOnSeed: true }))
    expect(result.rounds).toHaveLength(3)
    expect(result.rounds[1]!.judged).toBeGreaterThan(0)
    expect(accuracy(result.best)).toBeGreaterThan(accuracy(train(seed)) + 0.03)
    // No judge was asked about a pair of the seed or about one that people had labelled before.
    expect(calls.judge.every((id) => pool.some((pair) => pair.id === id))).toBe(true)
    const groups = [result.gold, result.heldOut, result.silver, result.unlabelled].map((list) =>
      list.map(({ id }) => id),
    )
    expect(new Set(groups.flat()).size).toBe(groups.flat().length)
    expect(result.heldOut.length).toBeGreaterThan(5)
    expect(result.gold.every((pair) => person(pair) === 1)).toBe(true)
  })

  test('a stopped run goes on from its journal, asks nobody twice and ends where an undisturbed one does', async () => {
    const whole = memoryJournal()
    const full = await skyworkRounds(
      seed,
      pool,
      partsOf({ human: [], judge: [] }),
      optionsOf({ journal: whole }),
    )
    for (const share of [0.1, 0.5, 0.77, 1]) {
      const earlier = whole.decisions.slice(0, Math.floor(share * whole.decisions.length))
      const calls = { human: [] as string[], judge: [] as string[] }
      const journal = memoryJournal(earlier)
      const again = await skyworkRounds(seed, pool, partsOf(calls), optionsOf({ journal }))
      const done = new Set(
        earlier.flatMap((decision) => ('id' in decision ? [`${decision.kind} ${decision.id}`] : [])),
      )
      expect(calls.human.filter((id) => done.has(`human ${id}`))).toEqual([])
      expect(calls.judge.filter((id) => done.has(`judge ${id}`))).toEqual([])
      expect(again.rounds).toEqual(full.rounds)
      expect(again.silver).toEqual(full.silver)
      expect(again.gold).toEqual(full.gold)
      expect(journal.decisions).toEqual(whole.decisions)
    }
  })

  test('refuses ids that occur twice, a gold set beyond the seed, a journal of other pairs', async () => {
    const parts = partsOf({ human: [], judge: [] })
    await expect(skyworkRounds(seed, seed, parts, optionsOf())).rejects.toThrow('unique')
    await expect(skyworkRounds(seed, pool, parts, optionsOf({ goldSize: 81 }))).rejects.toThrow('gold set')
    const journal = memoryJournal([{ kind: 'human', id: 'elsewhere', round: 0, verdict: 1 }])
    await expect(skyworkRounds(seed, pool, parts, optionsOf({ journal }))).rejects.toMatchObject({
      code: 'RESUME_MISMATCH',
    })
  })
})

describe('skyworkFilter', () => {
  const gold = seed
    .filter((pair) => person(pair) !== null)
    .map((pair) => (person(pair) === 2 ? { ...pair, chosen: pair.rejected, rejected: pair.chosen } : pair))
  const confirmed = world(120, 8).map((pair) => ({
    pair: { ...pair, id: `held ${pair.id}` },
    verdict: person(pair),
  }))
  const run = (more: object = {}, calls = { human: [] as string[], judge: [] as string[] }) =>
    skyworkFilter(pool, gold, train(gold), confirmed, partsOf(calls), {
      random: new RandomStream(2),
      checks: 60,
      samples: 3,
      ...more,
    })

  test('keeps right labels, exchanges wrong ones after the check, and says how well it did', async () => {
    const result = await run()
    const right = (list: readonly FeaturePair[]) =>
      list.filter((pair) => person(pair) === 1).length / list.length
    expect(right(result.kept)).toBeGreaterThan(right(pool) + 0.15)
    expect(result.recycleTest.safe).toBe(true)
    expect(right(result.recycled)).toBeGreaterThan(0.8)
    expect(result.kept.length + result.discarded.length).toBe(pool.length)
    expect(result.precision.kept).toBeGreaterThan(20)
    expect(result.precision.interval[0]).toBeGreaterThan(right(pool))
    const crowd = result.sources.get('crowd')!
    const length = result.sources.get('length')!
    expect(crowd.kept / crowd.pairs).toBeGreaterThan(length.kept / length.pairs)
    expect(result.agreement.share[0]![0]).toBe(1)
    expect(result.agreement.pairs[0]![1]).toBe(pool.length)
    expect(result.monitored).toHaveLength(Math.round(0.02 * pool.length))
  })

  test('without a check nothing is exchanged', async () => {
    const result = await run({ checks: 0 })
    expect(result.recycled).toEqual([])
    expect(result.recycleTest.safe).toBe(false)
  })

  test('a journal on disk is continued after its last whole line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guerdon-decisions-'))
    try {
      const path = join(folder, 'decisions.jsonl')
      const full = await run({ journal: fileJournal(path) })
      const text = readFileSync(path, 'utf8')
      writeFileSync(path, text.slice(0, Math.floor(text.length / 2)))
      const calls = { human: [] as string[], judge: [] as string[] }
      const again = await run({ journal: fileJournal(path), batchSize: 50 }, calls)
      expect(again).toEqual(full)
      const decisions: Decision[] = readFileSync(path, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
      expect(
        new Set(decisions.map(({ kind, ...rest }) => `${kind} ${'id' in rest ? rest.id : ''}`)).size,
      ).toBe(decisions.length)
      writeFileSync(path, '{"kind":"human"}\nnonsense\n{}\n')
      expect(() => fileJournal(path)).toThrow('line 2')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
