/**
 * The same numbers whatever the size of the calls, the number of them at a time, the order of groups in the file and
 * the pieces in which the source arrives: for every way of looking at a batch.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineCombiner } from '../../src/kinds/combiner.ts'
import type { Rollout } from '../../src/records/rollout.ts'
import { createReward } from '../../src/reward/score.ts'
import type { RewardSpec, SignalUse } from '../../src/reward/spec.ts'
import {
  chunked,
  drawn,
  expectSameResults,
  judge,
  longest,
  resultsOf,
  scoredAsStream,
  scoredInMemory,
  someRollouts,
  withParts,
} from './material.ts'

/** The mean of a column over everything that was rewarded before; looks at one row, but learns. */
const aboveBefore = defineCombiner({
  name: 'above-before',
  summary: 'Reward minus the mean of all training steps before.',
  range: 'unbounded',
  scope: 'row',
  grain: 'rollout',
  parameters: z.object({ of: z.string() }),
  examples: [],
  reads: ({ of }) => [of],
  stateful: {
    initial: () => ({ count: 0, sum: 0 }),
    apply(columns, { of }, _context, seen) {
      const column = columns.get(of)!
      const mean = seen.count === 0 ? 0 : seen.sum / seen.count
      const values = column.values.map((value, row) => (column.valid[row] === 1 ? value - mean : 0))
      let { count, sum } = seen
      for (const [row, value] of column.values.entries()) {
        if (column.valid[row] === 0) continue
        count++
        sum += value
      }
      return { column: { ...column, values }, state: { count, sum } }
    },
  },
})

const score: SignalUse = drawn()
const words: SignalUse = { use: 'length', unit: 'words' }
const matches: SignalUse = { use: 'exact-match' }

const specs: Readonly<Record<string, RewardSpec>> = {
  'each row alone': {
    name: 'row',
    signals: { score, words, matches },
    shape: {
      words: [
        { use: 'clip', low: 2, high: 6 },
        { use: 'affine', scale: 0.1 },
      ],
    },
    combine: { use: 'weighted-sum', weights: { score: 1, words: -0.5, matches: 0.25 } },
  },
  'whole groups': {
    name: 'group',
    signals: { score, words },
    shape: { score: { use: 'group-length-penalty', unit: 'words' } },
    combine: { use: 'weighted-sum', weights: { score: 1, words: 0.1 } },
    advantage: { use: 'win-rate' },
  },
  'whole batches': {
    name: 'batch',
    signals: { score, words },
    shape: { words: [{ use: 'rank' }], score: { use: 'z-score' } },
    combine: { use: 'weighted-sum', weights: { score: 1, words: 0.1 }, missing: 'skip' },
    advantage: { use: 'reinforce-plus-plus-baseline', weighting: 'rollout' },
  },
  'a wrapped advantage with weights and rows left out': {
    name: 'wrapped',
    signals: { score },
    advantage: {
      use: 'dynamic-sampling',
      over: { use: 'hardness-scale', data: 'hardness', over: { use: 'grpo' } },
    },
  },
  'a shaping that remembers': {
    name: 'stateful',
    signals: { score, words },
    shape: { score: [{ use: 'running-mean-std' }, { use: 'tanh' }], words: { use: 'running-min-max' } },
    combine: { use: 'weighted-sum', weights: { score: 1, words: 0.1 } },
    advantage: { use: 'dr-grpo' },
  },
  'a combiner that remembers': {
    name: 'learning',
    signals: { score },
    combine: aboveBefore({ of: 'score' }),
  },
  'steps and an outcome into token rewards': {
    name: 'tokens',
    signals: { judge: judge(), score },
    combine: { use: 'renorm', process: 'judge', outcome: 'score' },
    advantage: { use: 'reinforce', gamma: 0.9 },
  },
  'columns of several parts': {
    name: 'parts',
    signals: { size: withParts(), score },
    shape: { 'size.root': { use: 'affine', scale: 0.1 }, 'size.steps': { use: 'step-returns' } },
    combine: { use: 'weighted-sum', weights: { 'size.root': 1, score: 1 } },
    advantage: { use: 'rloo' },
  },
  'inputs from everywhere': {
    name: 'inputs',
    signals: { score },
    shape: {
      score: [
        { use: 'soft-overlong', maximum: 8, buffer: 4 },
        { use: 'stop-properly' },
        { use: 'kimi-length', unit: 'words' },
      ],
    },
    advantage: { use: 'opo' },
  },
  'the sum of several normalised rewards': {
    name: 'summed',
    signals: { score, words, matches },
    combine: { use: 'weighted-sum', weights: { score: 1, words: 1 }, missing: 'skip' },
    advantage: { use: 'normalise-then-sum', weights: { score: 1, words: 0.5, matches: 1 }, dialect: 'trl' },
  },
}

const material = fc.record({
  seed: fc.integer({ min: 0, max: 1e6 }),
  groups: fc.integer({ min: 1, max: 5 }),
  steps: fc.constantFrom(undefined, 1, 3),
  batch: fc.integer({ min: 1, max: 7 }),
  concurrency: fc.integer({ min: 1, max: 9 }),
  sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
  order: fc.constantFrom('adjacent', 'scattered', 'reversed') as fc.Arbitrary<Order>,
})

type Order = 'adjacent' | 'scattered' | 'reversed'

function inOrder(rollouts: readonly Rollout[], order: Order, mixSteps: boolean): Rollout[] {
  if (order === 'adjacent') return [...rollouts]
  const numbered = rollouts.map((rollout, row) => ({ rollout, key: (row * 7919) % 31 }))
  const mixed = numbered.sort((a, b) => a.key - b.key).map(({ rollout }) => rollout)
  if (order === 'reversed') mixed.reverse()
  // Steps stay in their order of first appearance, for those that remember.
  const bySteps = mixed.toSorted((a, b) => (a.step ?? 0) - (b.step ?? 0))
  if (!mixSteps) return bySteps
  const first = new Set<number | undefined>()
  const heads = bySteps.filter(({ step }) => !first.has(step) && first.add(step))
  return [...heads, ...mixed.filter((rollout) => !heads.includes(rollout))]
}

/** The same spec with another size and number of calls for each signal. */
function cut(spec: RewardSpec, batch: number, concurrency: number): RewardSpec {
  const signals = Object.entries(spec.signals!).map(([name, entry]) => {
    const copy = Object.create(null, Object.getOwnPropertyDescriptors(entry))
    return [name, Object.assign(copy, { batch, concurrency })] as const
  })
  return { ...spec, signals: Object.fromEntries(signals) }
}

describe.each(Object.entries(specs))('%s', (_, spec) => {
  it('gives the same for any calls, any order of groups and any pieces of the source', async () => {
    const plain = await createReward(spec)
    await fc.assert(
      fc.asyncProperty(
        material,
        fc.boolean(),
        async ({ seed, groups, steps, batch, concurrency, sizes, order }, mixSteps) => {
          const rollouts = someRollouts(seed, groups, steps)
          const expected = await scoredInMemory(plain, rollouts)
          const reward = await createReward(cut(spec, batch, concurrency))
          const moved = inOrder(rollouts, order, mixSteps)
          const inMemory = await scoredInMemory(reward, moved, concurrency)
          expectSameResults(inMemory.results, expected.results)
          const streamed = await scoredAsStream(reward, moved, sizes)
          expectSameResults(streamed.results, expected.results)
          // A stream that says the same in another order would still be a mix-up: state must have moved alike too.
          expect(streamed.state).toEqual(inMemory.state)
          // Where each row stands alone the output follows the input, however steps are mixed.
          if (reward.plan.scope === 'row') expect(streamed.order).toEqual(moved.map(({ id }) => id))
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('a signal that looks at whole groups', () => {
  const spec: RewardSpec = {
    name: 'groups',
    signals: { longest: longest(), score },
    combine: { use: 'weighted-sum', weights: { longest: 1, score: 1 }, missing: 'skip' },
    advantage: { use: 'grpo' },
  }

  it('sees them whole, whatever the pieces, and never two training steps at once', async () => {
    const plain = await createReward(spec)
    await fc.assert(
      fc.asyncProperty(material, async ({ seed, groups, steps, batch, concurrency, sizes }) => {
        const rollouts = someRollouts(seed, groups, steps)
        const expected = await scoredInMemory(plain, rollouts)
        const reward = await createReward(cut(spec, batch, concurrency))
        expectSameResults((await scoredInMemory(reward, rollouts, concurrency)).results, expected.results)
        expectSameResults((await scoredAsStream(reward, rollouts, sizes)).results, expected.results)
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    ['a group', undefined, ['a', 'b', 'a']],
    ['a training step', [1, 2, 1], ['a', 'a', 'a']],
  ] as const)('refuses a stream in which the rows of %s are apart', async (_, steps, groups) => {
    const reward = await createReward(spec)
    const rollouts = groups.map((group, row) => ({
      id: `r${row}`,
      group,
      prompt: '',
      completion: 'x'.repeat(row),
      ...(steps === undefined ? {} : { step: steps[row]! }),
    }))
    await expect(scoredAsStream(reward, rollouts, [1])).rejects.toMatchObject({
      code: 'DATA_GROUP_SCATTERED',
    })
  })
})

describe('row order and empty input', () => {
  it('gives nothing for nothing', async () => {
    for (const spec of Object.values(specs)) {
      const reward = await createReward(spec)
      const scored = await reward.score([])
      expect(resultsOf([], scored).size).toBe(0)
      expect(scored.reward.values.length).toBe(0)
    }
  })

  it('changes a number when what it rests on changes: the comparisons above can fail', async () => {
    const reward = await createReward(specs['whole batches']!)
    const rollouts = someRollouts(5, 3, undefined)
    const before = (await scoredInMemory(reward, rollouts)).results
    const changed = rollouts.map((rollout, row) =>
      row === 2 ? { ...rollout, completion: 'x '.repeat(40) } : rollout,
    )
    const after = (await scoredInMemory(reward, changed)).results
    expect(() => expectSameResults(after, before)).toThrow()
    const pieces: number[] = []
    for await (const piece of chunked([1, 2, 3, 4, 5], [2, 1])) pieces.push(piece.length)
    expect(pieces).toEqual([2, 1, 2])
  })
})
