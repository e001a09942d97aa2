import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { BatchRecord, Store, StoredAlert } from '../../store/store.ts'
import { StudioEvents } from './event-source.ts'
import { alert as alertSchema, type BatchEvent, batchEvent } from './schemas.ts'
import { AlertViews } from './views/alert-view.ts'

let told: { event: string; data: unknown }[]
let events: StudioEvents
const rowsOfStore: Pick<Store, 'rows'> = {
  rows: async (_, { id }) => ({
    rows: id === 'lost' ? [] : [{ sequence: 7 } as never],
    next: null,
  }),
}

function batch(rewards: readonly (number | null)[], step: number | null = null, run = 'r'): BatchRecord {
  const rows = rewards.map((reward) => ({
    id: 'a',
    group: 'g',
    reward,
    advantage: null,
    columns: {},
    stages: {},
    reasons: {},
  }))
  return { run, step, rows } as unknown as BatchRecord
}
const batches = () =>
  told.filter(({ event }) => event === 'batch').map(({ data }) => batchEvent.parse(data) as BatchEvent)

beforeEach(() => {
  vi.useFakeTimers()
  told = []
  events = new StudioEvents(
    { publish: (event, data) => told.push({ event, data }) },
    new AlertViews(rowsOfStore as Store),
    [{ id: 'r', rows: 100, lastStep: 4 }],
  )
})
afterEach(() => {
  events.close()
  vi.useRealTimers()
})

test('the first batch is told at once, those of the pause together', () => {
  events.onScored({ batches: [batch([1, 0])] })
  expect(batches()).toEqual([
    { run: 'r', batches: 1, rows: 2, totalRows: 102, lastStep: 4, meanReward: 0.5, invalid: 0 },
  ])
  events.onScored({ batches: [batch([1, null], 5), batch([0], 6)] })
  events.onScored({ batches: [batch([null])] })
  expect(batches()).toHaveLength(1)
  vi.advanceTimersByTime(250)
  expect(batches()[1]).toEqual({
    run: 'r',
    batches: 3,
    rows: 4,
    totalRows: 106,
    lastStep: 6,
    meanReward: 0.5,
    invalid: 2,
  })
  vi.advanceTimersByTime(1000)
  expect(batches()).toHaveLength(2)
})

test('never more than four a second for a run, and no row is lost', () => {
  for (let time = 0; time < 10_000; time += 10) {
    events.onScored({ batches: [batch([1])] })
    vi.advanceTimersByTime(10)
  }
  events.stopping()
  expect(batches().length).toBeLessThanOrEqual(42)
  expect(batches().reduce((sum, { rows }) => sum + rows, 0)).toBe(1000)
  expect(batches().at(-1)!.totalRows).toBe(1100)
  expect(told.at(-1)!.event).toBe('stopping')
})

test('a run that lost old rows counts on from what is left', () => {
  events.recount({ id: 'r', rows: 40 })
  events.recount({ id: 'unknown', rows: 1 })
  events.onScored({ batches: [batch([1, 0])] })
  expect(batches().map(({ run, totalRows }) => [run, totalRows])).toEqual([['r', 42]])
})

test('runs are counted apart; a batch without a valid reward has no mean', () => {
  events.onScored({ batches: [batch([1]), batch([null, null], 0, 'other')] })
  expect(batches().map(({ run, totalRows, meanReward }) => [run, totalRows, meanReward])).toEqual([
    ['r', 101, 1],
    ['other', 2, null],
  ])
})

test('alerts are told with the places of their rows, specs as they are', async () => {
  const stored: StoredAlert = {
    id: 1,
    run: 'r',
    at: 5,
    diagnostic: 'jump',
    verdict: 'fail',
    column: null,
    sentence: 's',
    guard: 'g',
    step: null,
    rows: ['a', 'lost'],
    numbers: {},
  }
  await events.alert(stored)
  expect(alertSchema.parse(told[0]!.data).rows).toEqual([
    { id: 'a', sequence: 7 },
    { id: 'lost', sequence: null },
  ])
  const spec = { accepted: false, specDigest: 'd', sentence: 'No signals.' }
  events.spec(spec)
  expect(told[1]).toEqual({ event: 'spec', data: spec })
})
