import { afterAll, expect, test } from 'vitest'
import type { NumberFrame } from '../../../store/store.ts'
import { seriesOf } from '../aggregates/series.ts'
import { QueryClient } from './query-client.ts'
import { buffersOf } from './questions.ts'

const client = new QueryClient()
afterAll(() => client.close())

function frame(): NumberFrame {
  const size = 100
  return {
    matching: size,
    sequence: Float64Array.from({ length: size }, (_, row) => row),
    step: Float64Array.from({ length: size }, (_, row) => Math.floor(row / 10)),
    group: Int32Array.from({ length: size }, (_, row) => Math.floor(row / 5)),
    groupNames: Array.from({ length: size / 5 }, (_, group) => `g${group}`),
    columns: new Map([['reward', Float64Array.from({ length: size }, (_, row) => (row * 7) % 5)]]),
  }
}

test('answers as the function does, and takes the memory over', async () => {
  const given = frame()
  expect(buffersOf(given)).toHaveLength(4)
  const answer = await client.ask('series', given, 400)
  expect(answer).toEqual(seriesOf(frame(), 400))
  expect(given.sequence).toHaveLength(0)
})

test('tables come back as typed arrays', async () => {
  const table = await client.ask('groups', frame(), [])
  expect(table.mean).toBeInstanceOf(Float64Array)
  expect(table.size.length).toBe(20)
})

test('a question that fails says why, and the worker goes on', async () => {
  await expect(client.ask('series', undefined as unknown as NumberFrame, 400)).rejects.toThrow(
    /the numbers of the run could not be computed/,
  )
  expect(await client.ask('neighbours', 'a b c', ['a b c'], 1)).toEqual([{ index: 0, similarity: 1 }])
})

test('a worker that was closed is started again', async () => {
  await client.close()
  expect(await client.ask('neighbours', 'a', [], 1)).toEqual([])
})
