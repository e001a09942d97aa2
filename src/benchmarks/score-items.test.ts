import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineSignal } from '../kinds/signal.ts'
import { createColumn, invalidate } from '../records/column.ts'
import { createReward } from '../reward/score.ts'
import type { BenchmarkItem } from './benchmark.ts'
import { ownScores, rewardScores } from './score-items.ts'

const item = (index: number, completions: readonly string[] = [`${index}`, `-${index}`]): BenchmarkItem => ({
  id: `row-${index % 2}`,
  prompt: 'p',
  completions,
  gold: completions.map((_, place) => -place),
})

async function* batches(items: readonly BenchmarkItem[], size: number): AsyncGenerator<BenchmarkItem[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size)
}

const numberIn = defineSignal({
  name: 'number-in',
  summary: 'The number that the completion is.',
  range: 'unbounded',
  grain: 'rollout',
  parameters: z.object({}),
  examples: [{ title: 'one', input: { rollouts: [{ completion: '1' }] }, result: [1] }],
  score(batch) {
    const column = createColumn(batch.size)
    batch.completions.forEach((text, row) => {
      if (Number.isNaN(Number(text))) invalidate(column, row, `"${text}" is no number`)
      else column.values[row] = Number(text)
    })
    return column
  },
})

const place = defineSignal({
  name: 'place-in-group',
  summary: 'Where a completion stands among those of its item.',
  range: 'unbounded',
  grain: 'group',
  parameters: z.object({}),
  examples: [{ title: 'one', input: { rollouts: [{ completion: '1' }] }, result: [0] }],
  score(batch) {
    const column = createColumn(batch.size)
    const seen = new Map<number, number>()
    for (let row = 0; row < batch.size; row++) {
      const group = batch.groups.of[row]!
      column.values[row] = seen.get(group) ?? 0
      seen.set(group, (seen.get(group) ?? 0) + 1)
    }
    return column
  },
})

test('every completion gets its own score back, over many batches and with equal ids', async () => {
  const reward = await createReward({ name: 'n', signals: { n: numberIn() } })
  const items = Array.from({ length: 1500 }, (_, index) =>
    index % 3 === 0 ? item(index, [`${index}`, `${index}.25`, `${index}.5`]) : item(index),
  )
  let index = 0
  for await (const scored of rewardScores(reward, batches(items, 100))) {
    for (const { item: one, outcome } of scored) {
      expect(one).toBe(items[index++])
      expect('scores' in outcome && Array.from(outcome.scores)).toEqual(one.completions.map(Number))
    }
  }
  expect(index).toBe(1500)
  await reward.close()
})

test('one completion without a score leaves its item without any, with the reason', async () => {
  const reward = await createReward({ name: 'n', signals: { n: numberIn() } })
  const items = [item(0), item(1, ['2', 'three']), item(2)]
  const outcomes = []
  for await (const scored of rewardScores(reward, batches(items, 2)))
    outcomes.push(...scored.map(({ outcome }) => outcome))
  expect(outcomes[1]).toEqual({ invalid: expect.stringContaining('"three" is no number') })
  expect(outcomes.filter((outcome) => 'scores' in outcome)).toHaveLength(2)
  await reward.close()
})

test('a reward that only favours a place is right half of the time', async () => {
  const reward = await createReward({ name: 'place', signals: { place: place() } })
  let right = 0
  const items = Array.from({ length: 40 }, (_, index) => item(index))
  for await (const scored of rewardScores(reward, batches(items, 40))) {
    for (const { outcome } of scored)
      if ('scores' in outcome && outcome.scores[0]! > outcome.scores[1]!) right++
  }
  expect(right).toBe(20)
  await reward.close()
})

test('a reward that looks at the batch sees all items at once', async () => {
  const spec = {
    name: 'rank',
    signals: { n: numberIn() },
    shape: { n: { use: 'z-score', within: 'batch' } },
  }
  const reward = await createReward(spec)
  expect(reward.plan.scope).toBe('batch')
  const items = Array.from({ length: 900 }, (_, index) => item(index))
  let batchesSeen = 0
  for await (const scored of rewardScores(reward, batches(items, 100))) {
    batchesSeen++
    expect(scored).toHaveLength(900)
  }
  expect(batchesSeen).toBe(1)
  await reward.close()
})

test('the file’s own scores, or why there are none', async () => {
  const items: BenchmarkItem[] = [
    { ...item(0), scores: [1, 2] },
    item(1),
    { ...item(2), scores: [1, Number.POSITIVE_INFINITY] },
  ]
  for await (const scored of ownScores(batches(items, 3))) {
    expect(scored.map(({ outcome }) => outcome)).toEqual([
      { scores: [1, 2] },
      { invalid: 'the file gives no scores' },
      { invalid: 'a score of the file is not a finite number' },
    ])
  }
})
