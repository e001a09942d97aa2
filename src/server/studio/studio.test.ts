import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseRollout } from '../../records/rollout.ts'
import { createReward, type Reward } from '../../reward/score.ts'
import { openStore } from '../../store/open-store.ts'
import type { RowFilter, ScoredRow, Store } from '../../store/store.ts'
import type { ScoringService } from '../scoring/scoring-service.ts'
import * as schemas from './schemas.ts'
import { Studio } from './studio.ts'

const never = new AbortController().signal
let store: Store
let reward: Reward
let service: ScoringService

/** 240 rows in groups of four; every third judgement is missing, for one of two reasons. */
function scoredRows(from: number, count: number): ScoredRow[] {
  return Array.from({ length: count }, (_, index) => {
    const place = from + index
    const isMissing = place % 3 === 0
    return {
      id: `r${place}`,
      group: `g${Math.floor(place / 4)}`,
      reward: isMissing ? null : place % 2,
      advantage: null,
      columns: { judge: isMissing ? null : place % 2, words: place },
      stages: {},
      reasons: isMissing
        ? { judge: place % 6 === 0 ? 'no answer' : 'too slow', reward: '`judge` is invalid' }
        : {},
    }
  })
}

async function append(from: number, count: number): Promise<void> {
  const rows = scoredRows(from, count)
  const rollouts = rows.map(({ id, group }) =>
    parseRollout({ id, group, prompt: `p ${group}`, completion: `c ${id}` }),
  )
  const work = [{ signal: 'judge', rows: count, seconds: 2, failures: 0 }]
  await store.append([
    {
      id: `b_${from}`,
      run: 'r',
      key: `${from}`,
      contentDigest: `${from}`,
      protocol: 'guerdon',
      specDigest: 'd',
      step: null,
      receivedAt: 1,
      seconds: 2,
      work,
      rollouts,
      rows,
    },
  ])
}

beforeAll(async () => {
  store = await openStore('sqlite::memory:')
  reward = await createReward({ name: 'r', signals: { words: { use: 'length', unit: 'words' } } })
  service = {
    reward,
    run: 'r',
    columnNames: ['words'],
    score: () => Promise.reject(new Error('nothing is scored here')),
  }
  await store.openRun({ id: 'r', reward: 'r', spec: reward.plan.spec, specDigest: 'd', heldBack: [] })
  await store.openRun({
    id: 'empty',
    reward: 'r',
    spec: reward.plan.spec,
    specDigest: 'd',
    heldBack: ['gold'],
  })
  await append(0, 240)
})
afterAll(async () => {
  await reward.close()
  await store.close()
})

/** The store, and how often it was asked for numbers. */
function counting(): { store: Store; asked: RowFilter[] } {
  const asked: RowFilter[] = []
  return {
    asked,
    store: new Proxy(store, {
      get(target, name) {
        if (name === 'numbers') {
          return (run: string, filter: RowFilter, options: { most: number }) => {
            asked.push(filter)
            return target.numbers(run, filter, options)
          }
        }
        const value = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    }),
  }
}

test('many viewers cost one reading; another range is another question', async () => {
  const counted = counting()
  const studio = new Studio({ store: counted.store, service })
  const answers = await Promise.all(
    Array.from({ length: 25 }, () => studio.series('r', { points: 100 }, never)),
  )
  expect(new Set(answers).size).toBe(1)
  expect(counted.asked).toHaveLength(1)
  await studio.series('r', { points: 100, from: 1 }, never)
  expect(counted.asked).toHaveLength(2)
  await studio.close()
})

test('new rows are in the next answer', async () => {
  const studio = new Studio({ store, service })
  const before = await studio.series('r', { points: 10 }, never)
  await append(240, 4)
  const after = await studio.series('r', { points: 10 }, never)
  expect(after.matching).toBe(before.matching + 4)
  await studio.close()
})

test('reasons why rows are invalid, counted over all of them', async () => {
  const studio = new Studio({ store, service })
  const found = schemas.anatomy.parse(await studio.anatomy('r', {}, never))
  const judge = found.columns.find(({ name }) => name === 'judge')!
  expect(judge.histogram.invalid).toBe(82)
  expect(judge.invalidReasons.map(({ reason, rows }) => [reason, rows])).toEqual([
    ['no answer', 41],
    ['too slow', 41],
  ])
  for (const { reason, example } of judge.invalidReasons)
    expect((await store.row('r', example))!.scores.reasons.judge).toBe(reason)
  expect(found.columns.find(({ name }) => name === 'reward')!.invalidReasons).toMatchObject([
    { reason: '`judge` is invalid', rows: 82 },
  ])
  expect(judge.latency).toEqual({ p50: 2, p99: 2, calls: 2 })
  expect(judge.finding).toContain('34 % of rows have none')
  await studio.close()
})

test('a run without rows has answers of the promised form', async () => {
  const studio = new Studio({ store, service })
  expect(schemas.series.parse(await studio.series('empty', { points: 400 }, never)).finding).toBe(
    'No rows are in this range.',
  )
  expect(schemas.anatomy.parse(await studio.anatomy('empty', {}, never)).columns).toEqual([])
  const page = await studio.groups('empty', { filter: 'all', sort: 'best', limit: 20 }, never)
  expect(schemas.groupPage.parse(page)).toMatchObject({ groups: [], next: null, matching: 0 })
  const rows = await studio.rows('empty', { order: 'newest', limit: 20 }, never)
  expect(schemas.rowPage.parse(rows)).toEqual({ rows: [], next: null, matching: 0 })
  const { run } = schemas.runDetail.parse(await studio.run('empty', never))
  expect(run.sparks).toEqual({
    reward: [],
    heldBack: [],
    length: [],
    invalidShare: [],
    groupsWithoutSpread: [],
  })
  await studio.close()
})
