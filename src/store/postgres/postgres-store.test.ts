import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../open-store.ts'
import { batchOf, type StorePlace, storeContract } from '../store.contract.ts'

/** Needs a PostgreSQL server: GUERDON_TEST_POSTGRES, or user postgres and database test on this machine. */
const url = process.env.GUERDON_TEST_POSTGRES ?? 'postgres://postgres@127.0.0.1:5432/test'
const admin = postgres(url, { max: 1, connect_timeout: 3, onnotice: () => {} })
const isPresent = await admin`SELECT 1`.then(
  () => true,
  () => false,
)
afterAll(() => admin.end())
const newRun = { id: 'run', reward: 'r', spec: { name: 'r' }, specDigest: 'd', heldBack: [] }

async function ownSchema(): Promise<StorePlace & { readonly schema: string }> {
  const schema = `guerdon_test_${randomUUID().replaceAll('-', '')}`
  await admin`CREATE SCHEMA ${admin(schema)}`
  const own = new URL(url)
  own.searchParams.set('search_path', schema)
  return {
    schema,
    url: own.toString(),
    async dispose() {
      await admin`DROP SCHEMA ${admin(schema)} CASCADE`
    },
  }
}

describe.skipIf(!isPresent)('with PostgreSQL', () => {
  storeContract('PostgreSQL store', ownSchema)

  it('goes on after its connections were cut, and loses nothing that it acknowledged', async () => {
    const place = await ownSchema()
    const store = await openStore(place.url)
    await store.openRun(newRun)
    const acknowledged: string[] = []
    let failures = 0
    let isDone = false
    const callers = Array.from({ length: 8 }, async (_, caller) => {
      for (let key = 0; !isDone; key++) {
        const name = `k${caller}-${key}`
        try {
          await store.append([batchOf(name, [{}])])
          acknowledged.push(name)
        } catch (error) {
          expect(error).toMatchObject({ code: 'STORE_FAILED' })
          failures++
        }
      }
    })
    for (let cut = 0; cut < 5; cut++) {
      const before = acknowledged.length
      while (acknowledged.length < before + 20) await new Promise((resolve) => setTimeout(resolve, 5))
      await admin`
        SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_class ON oid = relation
        WHERE relname = 'guerdon_runs' AND relnamespace = ${place.schema}::regnamespace`
    }
    isDone = true
    await Promise.all(callers)
    for (const key of acknowledged) expect(await store.find('run', key)).toBeDefined()
    expect((await store.run('run'))!.batches).toBeGreaterThanOrEqual(acknowledged.length)
    expect((await store.run('run'))!.batches).toBeLessThanOrEqual(acknowledged.length + failures)
    await store.close()
    await place.dispose()
  })

  it('gives every row of one run its own sequence while several servers write and one prunes', async () => {
    const place = await ownSchema()
    const stores = await Promise.all([1, 2, 3].map(() => openStore(place.url)))
    await Promise.all(stores.map((store) => store.openRun(newRun)))
    const prompts = ['shared a', 'shared b', 'shared c']
    await Promise.all([
      ...stores.flatMap((store, server) =>
        Array.from({ length: 40 }, (_, key) =>
          store.append([
            batchOf(
              `k${server}-${key}`,
              prompts.toSorted(() => ((key + server) % 2 === 0 ? 1 : -1)).map((prompt) => ({ prompt })),
            ),
          ]),
        ),
      ),
      stores[0]!.prune({ maximumRows: 300 }),
    ])
    const sequences: number[] = []
    for await (const piece of stores[1]!.export('run')) {
      sequences.push(...piece.map(({ sequence }) => sequence))
      for (const { rollout } of piece) expect(prompts).toContain(rollout.prompt)
    }
    expect(new Set(sequences).size).toBe(sequences.length)
    expect(Math.max(...sequences)).toBe(359)
    expect(sequences.length).toBe((await stores[2]!.run('run'))!.rows)
    await Promise.all(stores.map((store) => store.close()))
    await place.dispose()
  })

  it('is refused when a newer program wrote it', async () => {
    const place = await ownSchema()
    await (await openStore(place.url)).close()
    await admin`UPDATE ${admin(place.schema)}.guerdon_store SET version = 99`
    await expect(openStore(place.url)).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringMatching(/newer Guerdon/),
    })
    await place.dispose()
  })

  it('can be made by many at once', async () => {
    const place = await ownSchema()
    const stores = await Promise.all(Array.from({ length: 5 }, () => openStore(place.url)))
    await Promise.all(stores.map((store) => store.close()))
    await place.dispose()
  })

  it('never shows a password', async () => {
    const bad = new URL(url)
    bad.password = 'secret'
    bad.pathname = '/no_such_database'
    const refused = openStore(bad.toString())
    await expect(refused).rejects.toMatchObject({ code: 'STORE_FAILED' })
    await expect(refused).rejects.not.toThrow(/secret/)
  })
})
