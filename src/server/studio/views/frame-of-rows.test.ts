import { afterAll, expect, test } from 'vitest'
import { parseRollout } from '../../../records/rollout.ts'
import { openStore } from '../../../store/open-store.ts'
import type { ScoredRow } from '../../../store/store.ts'
import { frameOfRows } from './frame-of-rows.ts'

const store = await openStore('sqlite::memory:')
afterAll(() => store.close())

test('rows in hand have the numbers that the store gives for them', async () => {
  await store.openRun({ id: 'r', reward: 'r', spec: { name: 'r' }, specDigest: 'd', heldBack: [] })
  const rollouts = [0, 1, 2].map((place) =>
    parseRollout({
      id: `${place}`,
      group: `g${place % 2}`,
      prompt: 'p',
      completion: 'x'.repeat(place + 1),
      ...(place === 0 ? {} : { step: place }),
      columns: { kl: place / 2, note: 'text', ...(place === 1 ? { completion_tokens: 40 } : {}) },
    }),
  )
  const rows: ScoredRow[] = rollouts.map(({ id, group }, place) => ({
    id,
    group,
    reward: place === 2 ? null : place,
    advantage: null,
    columns: { a: place === 1 ? null : place, steps: [1, 2] },
    stages: { 'a/1 clip': 0.5 },
    reasons: {},
  }))
  await store.append([
    {
      id: 'b_1',
      run: 'r',
      key: 'k',
      contentDigest: 'c',
      protocol: 'guerdon',
      specDigest: 'd',
      step: null,
      receivedAt: 1,
      seconds: 1,
      work: [],
      rollouts,
      rows,
    },
  ])
  const stored = await store.rows('r', {}, { order: 'oldest', limit: 10 })
  const expected = await store.numbers('r', {}, { most: 10 })
  const found = frameOfRows(stored.rows)
  expect(Object.fromEntries(found.columns)).toEqual(Object.fromEntries(expected.columns))
  expect({ ...found, columns: 0 }).toEqual({ ...expected, columns: 0 })
})
