/** Two servers that write one run into one PostgreSQL database. */
import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import { assembledServer, Folder } from './assembled-server.ts'

/** Needs a PostgreSQL server: GUERDON_TEST_POSTGRES, or user postgres and database test on this machine. */
const url = process.env.GUERDON_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/test'
const admin = postgres(url, { max: 1, connect_timeout: 3, onnotice: () => {} })
const isPresent = await admin`SELECT 1`.then(
  () => true,
  () => false,
)
const folder = new Folder()
afterAll(async () => {
  await admin.end()
  folder[Symbol.dispose]()
})

const spec = folder.write('reward.yaml', 'name: shared\nsignals:\n  size: { use: length, unit: words }\n')

describe.skipIf(!isPresent)('two servers with one PostgreSQL store', () => {
  const schema = `guerdon_test_${randomUUID().replaceAll('-', '')}`
  const own = new URL(url)
  beforeAll(async () => {
    await admin`CREATE SCHEMA ${admin(schema)}`
    own.searchParams.set('search_path', schema)
  })
  afterAll(() => admin`DROP SCHEMA ${admin(schema)} CASCADE`.then(() => undefined))

  it('number their rows without gaps or doubles and keep a key that both are sent once', async () => {
    const given = { store: own.toString(), run: 'shared' }
    {
      await using one = await assembledServer(spec, given)
      await using two = await assembledServer(spec, given)
      const rowsOf = (name: string) =>
        [1, 2, 3].map((words) => ({
          id: `${name}-${words}`,
          group: name,
          prompt: 'p',
          completion: 'w '.repeat(words),
        }))
      // Each batch to its own server, and every fifth to both at the same time.
      const answers = await Promise.all(
        Array.from({ length: 100 }, async (_, batch) => {
          const name = `batch-${batch}`
          const send = (server: typeof one) =>
            server.post('/v1/rewards', { rows: rowsOf(name) }, { 'idempotency-key': name })
          return batch % 5 === 0
            ? Promise.all([send(one), send(two)])
            : [await send(batch % 2 === 0 ? one : two)]
        }),
      )
      for (const both of answers) {
        for (const { status, body } of both) {
          expect(status, JSON.stringify(body)).toBe(200)
          expect(body.rows.map(({ reward }: { reward: number }) => reward)).toEqual([1, 2, 3])
        }
        if (both.length === 2) {
          expect(both.filter(({ body }) => body.repeated)).toHaveLength(1)
          expect(both[0]!.body.batch).toBe(both[1]!.body.batch)
        }
      }
      const { body } = await two.get('/studio/api/runs')
      expect(body.runs).toMatchObject([{ id: 'shared', rows: 300, batches: 100 }])
    }
    const opened = await openStore(given.store)
    const sequences: number[] = []
    const ids = new Set<string>()
    for await (const rows of opened.export('shared')) {
      for (const { sequence, rollout } of rows) {
        sequences.push(sequence)
        ids.add(rollout.id)
      }
    }
    await opened.close()
    expect(sequences).toEqual(Array.from({ length: 300 }, (_, index) => index))
    expect(ids.size).toBe(300)
  }, 30_000)

  it('forget what --keep-rows does not allow', async () => {
    const given = { store: own.toString(), run: 'kept' }
    await using one = await assembledServer(spec, given)
    for (let batch = 0; batch < 5; batch++) {
      const rows = [{ id: `kept-${batch}`, prompt: 'p', completion: 'w' }]
      expect((await one.post('/v1/rewards', { rows })).status).toBe(200)
    }
    await using two = await assembledServer(spec, { ...given, keepRows: 2 })
    await expect
      .poll(async () =>
        (await two.get('/studio/api/runs/kept/rows')).body.rows.map(({ id }: { id: string }) => id),
      )
      .toEqual(['kept-4', 'kept-3'])
  })
})
