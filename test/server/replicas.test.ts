/** Two servers that share a state in Redis give the same statistics as one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { RandomStream } from '../../src/numerics/random.ts'
import { ServeProcess } from './serve-process.ts'

const url = process.env.GUERDON_TEST_REDIS ?? 'redis://127.0.0.1:6379'

async function reachable(): Promise<boolean> {
  const client = new Redis(url, { lazyConnect: true, connectTimeout: 1000, retryStrategy: () => null })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    client.disconnect()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'guerdon-replicas-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const spec = `name: replicas
signals:
  size: { use: length, unit: words }
shape:
  size: { use: running-mean-std }
`

interface Answer {
  readonly rows: readonly { readonly reward: number; readonly columns: { readonly size: number } }[]
}

describe.skipIf(!(await reachable()))(`two servers with one Redis (${url})`, () => {
  it('move one state, each request once', async () => {
    const file = join(folder, 'reward.yaml')
    writeFileSync(file, spec)
    const run = `replicas-${process.pid}-${Date.now()}`
    const servers = await Promise.all(
      ['a', 'b'].map((name) =>
        ServeProcess.start([
          file,
          '--port',
          '0',
          '--store',
          join(folder, `${name}.sqlite`),
          '--run',
          run,
          '--redis',
          url,
        ]),
      ),
    )
    const random = new RandomStream(5)
    const batches = Array.from({ length: 200 }, (_, batch) =>
      Array.from({ length: 4 }, (_, row) => ({
        id: `${batch}-${row}`,
        group: `${batch}`,
        prompt: 'p',
        completion: 'word '.repeat(1 + Math.floor(random.uniform() * 50)).trim(),
      })),
    )
    const send = async (server: ServeProcess, batch: number): Promise<Answer> => {
      const response = await server.post(
        '/v1/rewards',
        { rows: batches[batch] },
        { 'idempotency-key': `${run}-${batch}` },
      )
      const text = await response.text()
      expect(response.status, text).toBe(200)
      return JSON.parse(text) as Answer
    }
    const answers: Answer[] = []
    let next = 0
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        while (next < batches.length) {
          const batch = next++
          answers[batch] = await send(servers[batch % 2]!, batch)
        }
      }),
    )
    // The retry of a request that the other server answered gets that answer.
    for (const batch of [0, 1, 98, 199])
      expect((await send(servers[(batch + 1) % 2]!, batch)).rows).toEqual(answers[batch]!.rows)

    // One more request sees the statistics of all 800 rows and its own, whichever server is asked.
    const values = answers.flatMap(({ rows }) => rows.map(({ columns }) => columns.size))
    const last = { id: 'last', group: 'last', prompt: 'p', completion: 'word '.repeat(30).trim() }
    const seen = [...values, 30]
    const mean = seen.reduce((sum, value) => sum + value, 0) / seen.length
    const deviation = Math.sqrt(seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / seen.length)
    const response = await servers[0]!.post('/v1/rewards', { rows: [last] })
    const { rows } = (await response.json()) as Answer
    expect(rows[0]!.reward).toBeCloseTo((30 - mean) / deviation, 9)
    for (const server of servers) expect(await server.kill('SIGTERM')).toBe(0)
  }, 120_000)
})
