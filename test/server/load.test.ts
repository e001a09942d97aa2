/** Many clients at once: every answer is the right one, every row is stored once, and memory comes back. */
import { Agent, request } from 'node:http'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import { assembledServer, Folder, until } from './assembled-server.ts'
import { ServeProcess } from './serve-process.ts'
import { rawConnection } from './small-server.ts'

const folder = new Folder()
afterAll(() => folder[Symbol.dispose]())

const connections = 64
const requestsEach = Number(process.env.GUERDON_LOAD_REQUESTS ?? 100)

const spec = folder.write(
  'load.yaml',
  'name: load\nsignals:\n  correct: { use: math-answer, rules: [boxed] }\n  size: { use: length, unit: words }\ncombine: { use: weighted-sum, weights: { correct: 1, size: 0.001 } }\n',
)

interface Plain {
  readonly status: number
  readonly text: string
}

/** A post over an agent's connections: lighter than fetch, which would be what is measured. */
function post(agent: Agent, url: string, body: unknown): Promise<Plain> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { agent, method: 'POST', headers: { 'content-type': 'application/json' } },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (piece: string) => {
          text += piece
        })
        response.on('end', () => resolve({ status: response.statusCode!, text }))
      },
    )
    sent.on('error', reject)
    sent.end(JSON.stringify(body))
  })
}

describe('many clients', () => {
  it(`on ${connections} connections with ${requestsEach} slime requests each get their own scores`, async () => {
    const store = folder.file('slime.sqlite')
    const server = await ServeProcess.start([spec, '--port', '0', '--store', store, '--run', 'slime'])
    const agent = new Agent({ keepAlive: true, maxSockets: connections })
    const started = performance.now()
    await Promise.all(
      Array.from({ length: connections }, async (_, connection) => {
        for (let number = 0; number < requestsEach; number++) {
          const right = (connection + number) % 3 === 0
          const answer = await post(agent, `${server.url}/slime`, {
            prompt: `What is ${connection} + ${number}?`,
            response: `${'so '.repeat(number % 5)}\\boxed{${connection + number + (right ? 0 : 1)}}`,
            label: String(connection + number),
          })
          if (answer.status !== 200) throw new Error(answer.text)
          const { score, correct } = JSON.parse(answer.text)
          if (
            correct !== Number(right) ||
            Math.abs(score - Number(right) - 0.001 * ((number % 5) + 1)) > 1e-9
          )
            throw new Error(`${connection} ${number}: ${answer.text}`)
        }
      }),
    )
    const seconds = (performance.now() - started) / 1000
    console.log(`${Math.round((connections * requestsEach) / seconds)} slime requests a second, stored`)
    agent.destroy()
    expect(await server.kill('SIGTERM')).toBe(0)
    const opened = await openStore(store)
    let rows = 0
    for await (const piece of opened.export('slime')) {
      for (const { sequence } of piece) expect(sequence).toBe(rows++)
    }
    await opened.close()
    expect(rows).toBe(connections * requestsEach)
  }, 120_000)

  it('that idle, on a thousand connections and two hundred event streams, do not stand in the way', async () => {
    const server = await ServeProcess.start([spec, '--port', '0', '--store', 'none'])
    const port = Number(new URL(server.url).port)
    const memory = async (): Promise<number> => {
      const text = await (await fetch(`${server.url}/metrics`)).text()
      return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)![1])
    }
    const load = async (agent: Agent, from: number): Promise<void> => {
      await Promise.all(
        Array.from({ length: 8 }, async (_, client) => {
          for (let number = 0; number < 100; number++) {
            const body = { prompt: 'p', response: `${from} ${client} ${number}`, label: '1' }
            expect((await post(agent, `${server.url}/slime`, body)).status).toBe(200)
          }
        }),
      )
    }
    const agent = new Agent({ keepAlive: true, maxSockets: 8 })
    // What a first load takes for good is the program's own.
    await load(agent, 0)
    const before = await memory()
    const idle = await Promise.all(
      Array.from({ length: 1000 }, async () => {
        const connection = await rawConnection(port)
        connection.socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
        await connection.text('"ok"')
        return connection
      }),
    )
    const streams = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const connection = await rawConnection(port)
        connection.socket.write('GET /studio/api/events HTTP/1.1\r\nHost: localhost\r\n\r\n')
        await connection.text('retry:')
        return connection
      }),
    )
    const metrics = await (await fetch(`${server.url}/metrics`)).text()
    expect(metrics).toContain('guerdon_event_clients 200')
    await load(agent, 1)
    const during = await memory()
    for (const { socket } of [...idle, ...streams]) socket.destroy()
    await until(async () =>
      (await (await fetch(`${server.url}/metrics`)).text()).includes('guerdon_event_clients 0'),
    )
    await load(agent, 2)
    const after = await memory()
    const megabytes = [before, during, after].map((bytes) => Math.round(bytes / 2 ** 20))
    console.log(`resident memory before, with, and after the idle clients: ${megabytes.join(', ')} MB`)
    expect(during - before).toBeLessThan(150 * 2 ** 20)
    expect(after - before).toBeLessThan(150 * 2 ** 20)
    agent.destroy()
    expect(await server.kill('SIGTERM')).toBe(0)
  }, 60_000)
})

describe('OpenRLHF', () => {
  it('is answered a batch of 512, an empty one, and the same one twice', async () => {
    await using server = await assembledServer(spec, { store: folder.file('openrlhf.sqlite'), run: 'o' })
    const indices = Array.from({ length: 512 }, (_, index) => index)
    const body = {
      query: indices.map((index) => `Q${index >> 3}: \\boxed{${index % 8}}`),
      prompts: indices.map((index) => `Q${index >> 3}: `),
      labels: indices.map(() => '3'),
    }
    const first = await server.post('/get_reward', body)
    expect(first.status).toBe(200)
    expect(first.body.rewards).toHaveLength(512)
    for (const index of indices) {
      expect(first.body.rewards[index]).toBeCloseTo((index % 8 === 3 ? 1 : 0) + 0.001, 12)
      expect(first.body.scores[index]).toBe(index % 8 === 3 ? 1 : 0)
      expect(first.body.extra_logs.correct[index]).toBe(first.body.scores[index])
    }
    expect(await server.post('/get_reward', body)).toEqual(first)
    const empty = await server.post('/get_reward', { query: [], prompts: [], labels: [] })
    expect(empty.status).toBe(200)
    expect(empty.body).toMatchObject({ rewards: [], scores: [] })
    const { body: list } = await server.get('/studio/api/runs')
    expect(list.runs).toMatchObject([{ id: 'o', rows: 512, batches: 1 }])
  })
})

describe('a client that goes away in the middle', () => {
  it('leaves nothing behind, and its retry is scored once', async () => {
    await using server = await assembledServer(spec, {
      store: folder.file('away.sqlite'),
      run: 'away',
      batchWait: 100,
    })
    const rows = [{ id: 'a', prompt: 'p', completion: 'one two', reference: '2' }]
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'away' }
    const away = new AbortController()
    const left = fetch(`${server.url}/v1/rewards`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ rows }),
      signal: away.signal,
    })
    const metric = async (line: string): Promise<boolean> =>
      (await server.get('/metrics')).body.includes(line)
    await until(() => metric('guerdon_queue_rows 1'))
    away.abort()
    await expect(left).rejects.toThrow()
    await until(() => metric('guerdon_requests_total{protocol="rewards",status="499"} 1'))
    // Half a body, then silence and the end of the connection.
    const { socket } = await rawConnection(Number(new URL(server.url).port))
    socket.write('POST /v1/rewards HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n{"rows": [')
    await new Promise((resolve) => setTimeout(resolve, 20))
    socket.destroy()
    await until(() => metric('guerdon_requests_total{protocol="rewards",status="499"} 2'))
    await until(() => metric('guerdon_queue_rows 0'))
    const retry = await server.post('/v1/rewards', { rows }, headers)
    expect(retry.body.rows[0].reward).toBeCloseTo(0.002)
    const page = await server.get('/studio/api/runs/away/rows')
    expect(page.body.rows).toHaveLength(1)
    expect(server.log.filter(({ level }) => level >= 50)).toEqual([])
  })
})
