/** How a server ends: by a signal under load, by a second one, and when its start fails. */
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { assemble } from '../../src/server/assemble.ts'
import { EventStream } from '../../src/server/http/event-stream.ts'
import { parseServeOptions, type ServeOptions } from '../../src/server/options.ts'
import { openStore } from '../../src/store/open-store.ts'
import { assembledServer, Folder, until } from './assembled-server.ts'
import { ServeProcess } from './serve-process.ts'
import { rawConnection } from './small-server.ts'

const folder = new Folder()
afterAll(() => folder[Symbol.dispose]())

const spec = folder.write(
  'reward.yaml',
  'name: stop\nsignals:\n  correct: { use: math-answer }\n  size: { use: length, unit: words }\ncombine: { use: weighted-sum, weights: { correct: 1, size: 0.01 } }\n',
)

describe('SIGTERM', () => {
  it('under load: every accepted request is answered and stored, and the exit code is 0', async () => {
    const store = folder.file('load.sqlite')
    // Joined batches wait a little, so that the signal finds requests in the queue.
    const server = await ServeProcess.start([
      spec,
      '--port',
      '0',
      '--store',
      store,
      '--run',
      'load',
      '--batch-wait',
      '20',
    ])
    const answered: string[] = []
    const refused: number[] = []
    let cut = 0
    let stopping = false
    const clients = Array.from({ length: 32 }, async (_, client) => {
      for (let number = 0; !stopping; number++) {
        const id = `${client}-${number}`
        const rows = [{ id, group: id, prompt: 'p', completion: `\\boxed{${number}}`, reference: '2' }]
        try {
          const response = await server.post('/v1/rewards', { rows }, { 'idempotency-key': id })
          const body = (await response.json()) as { rows?: unknown; error?: { code: string } }
          if (response.status === 200) answered.push(id)
          else {
            expect([response.status, body.error?.code]).toEqual([503, 'SERVER_STOPPING'])
            refused.push(response.status)
            return
          }
        } catch {
          // The port is closed, or the connection was when it had nothing in work.
          cut++
          return
        }
      }
    })
    while (answered.length < 200) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await server.kill('SIGTERM')).toBe(0)
    stopping = true
    await Promise.all(clients)
    expect(refused.length + cut).toBe(32)

    const opened = await openStore(store)
    const stored: string[] = []
    for await (const rows of opened.export('load')) stored.push(...rows.map(({ rollout }) => rollout.id))
    await opened.close()
    expect(stored.sort()).toEqual(answered.sort())
  }, 30_000)

  it('and a second signal ends at once with code 1', async () => {
    // A request that waits ten seconds for company keeps the server from ending by itself.
    const args = ['--port', '0', '--store', 'none', '--batch-wait', '10000']
    const server = await ServeProcess.start([spec, ...args])
    const rows = [1, 2].map((size) => ({ prompt: 'p', completion: 'word '.repeat(size) }))
    const request = server.post('/v1/rewards', { rows }).catch((error: unknown) => error)
    while (!(await (await fetch(`${server.url}/metrics`)).text()).includes('guerdon_queue_rows 2'))
      await new Promise((resolve) => setTimeout(resolve, 5))
    const ended = once(server.child, 'exit')
    server.child.kill('SIGTERM')
    while (!server.output.includes('stopping')) await new Promise((resolve) => setTimeout(resolve, 5))
    server.child.kill('SIGTERM')
    expect(await ended).toEqual([1, null])
    expect(await request).toBeInstanceOf(Error)
  }, 30_000)
})

describe('a retry after 503', () => {
  it('of a store that failed is stored once', async () => {
    const store = folder.file('failed.sqlite')
    await using server = await assembledServer(spec, { store, run: 'failed' })
    const send = (id: string) =>
      server.post(
        '/v1/rewards',
        { rows: [{ id, prompt: 'p', completion: 'a b' }] },
        { 'idempotency-key': id },
      )
    expect((await send('before')).status).toBe(200)
    // Whatever table the store writes to first, its disk is full.
    const other = new DatabaseSync(store)
    const tables = other
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
      .all()
      .map(({ name }) => String(name))
      .filter((name) => !name.startsWith('sqlite_'))
    for (const event of ['INSERT', 'UPDATE']) {
      for (const [index, table] of tables.entries())
        other.exec(
          `CREATE TRIGGER full_${event}_${index} BEFORE ${event} ON "${table}" BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`,
        )
    }
    const refused = await send('row')
    expect(refused).toMatchObject({ status: 503, body: { error: { code: 'STORE_FAILED' } } })
    for (const event of ['INSERT', 'UPDATE'])
      for (const index of tables.keys()) other.exec(`DROP TRIGGER full_${event}_${index}`)
    other.close()
    for (const repeated of [false, true]) {
      const answer = await send('row')
      expect([answer.status, answer.body.repeated]).toEqual([200, repeated])
    }
    const { body } = await server.get('/studio/api/runs/failed/rows')
    expect(body.rows.map(({ id }: { id: string }) => id)).toEqual(['row', 'before'])
  })

  it('of a server that stopped is scored by the next one, once', async () => {
    const given = { store: folder.file('retry.sqlite'), run: 'retry', batchWait: 200 }
    const rows = [{ id: 'late', group: 'g', prompt: 'p', completion: 'one two', reference: '2' }]
    const headers = { 'idempotency-key': 'late' }
    const first = await assembledServer(spec, given)
    const { socket, text } = await rawConnection(Number(new URL(first.url).port))
    const accepted = first.post('/v1/rewards', { rows: [{ ...rows[0]!, id: 'early' }] })
    await until(async () => (await first.get('/metrics')).body.includes('guerdon_queue_rows 1'))
    const stopped = first.stop()
    const body = JSON.stringify({ rows })
    socket.write(
      `POST /v1/rewards HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: late\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    const refused = await text('SERVER_STOPPING')
    expect(refused).toMatch(/^HTTP\/1.1 503 /)
    expect(refused).toContain('SERVER_STOPPING')
    socket.destroy()
    expect((await accepted).status).toBe(200)
    await stopped
    await using second = await assembledServer(spec, given)
    for (const repeated of [false, true]) {
      const answer = await second.post('/v1/rewards', { rows }, headers)
      expect([answer.status, answer.body.repeated]).toEqual([200, repeated])
    }
    const page = await second.get('/studio/api/runs/retry/rows')
    expect(page.body.rows.map(({ id }: { id: string }) => id).sort()).toEqual(['early', 'late'])
  })
})

/** Threads and open files of this process. */
const held = (): number => readdirSync('/proc/self/task').length + readdirSync('/proc/self/fd').length

// Counts what the process holds, which only Linux tells by a folder.
describe.skipIf(process.platform !== 'linux')('a start that fails', () => {
  const logger = pino({ level: 'silent' })
  const start = async (options: ServeOptions): Promise<void> => {
    const events = new EventStream()
    try {
      const parts = await assemble(spec, options, { logger, events, observers: [] })
      await parts.close()
    } finally {
      events.close()
    }
  }
  const options = parseServeOptions({ store: folder.file('failing.sqlite'), keepRows: 5 })
  const failingAt = (name: keyof ServeOptions): ServeOptions =>
    Object.defineProperty({ ...options }, name, {
      get() {
        throw new Error(`${name} failed`)
      },
    })

  // What a first start opens for good, like the threads of file access, is no leak.
  beforeAll(() => start(options))

  it.each(['keepRows', 'batchRows', 'webhook', 'watchPause', 'reload'] as const)(
    'at %s has closed the threads and files that it had opened',
    async (name) => {
      const before = held()
      for (let time = 0; time < 2; time++) {
        await expect(start(failingAt(name))).rejects.toThrow(`${name} failed`)
      }
      expect(held()).toBeLessThanOrEqual(before)
    },
  )

  it('because its port is taken ends the process with a sentence and code 1', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as { port: number }
    const started = ServeProcess.start([spec, '--port', String(port), '--store', folder.file('p.sqlite')])
    await expect(started).rejects.toThrow(/ended \([12]\) before it listened:[\s\S]*in use/)
    taken.close()
  })
})
