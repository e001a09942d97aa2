import { once } from 'node:events'
import { Agent, get } from 'node:http'
import type { Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { post, rawConnection, type SmallServer, smallServer } from './small-server.ts'

let server: SmallServer
beforeAll(async () => {
  server = await smallServer({ bodyLimit: 100_000 })
})
afterAll(() => server.stop())

const others: SmallServer[] = []
async function other(...given: Parameters<typeof smallServer>): Promise<SmallServer> {
  const started = await smallServer(...given)
  others.push(started)
  return started
}
afterEach(async () => {
  for (const started of others.splice(0)) await started.stop()
})

const codeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { error: { code: string } }).error.code
const two = '{"texts":["a b","c"]}'

describe('a request', () => {
  it('is answered with JSON, its length and an id', async () => {
    const response = await post(`${server.url}/words`, two)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(response.headers.get('content-length')).toBe('15')
    expect(response.headers.get('x-request-id')).toMatch(/^\w+-\w+$/)
    expect(await response.json()).toEqual({ words: [2, 1] })
  })

  it('keeps the id it brings, unless it could break a log line', async () => {
    const kept = await post(`${server.url}/words`, two, { 'x-request-id': 'mine-1' })
    expect(kept.headers.get('x-request-id')).toBe('mine-1')
    const made = await post(`${server.url}/words`, two, { 'x-request-id': 'a b"c' })
    expect(made.headers.get('x-request-id')).not.toBe('a b"c')
  })

  it('has its path’s parts and its query decoded', async () => {
    const response = await fetch(`${server.url}/things/a%2Fb%20c?q=1%262`)
    expect(await response.json()).toEqual({ thing: 'a/b c', q: '1&2' })
    expect((await fetch(`${server.url}/things/%ff`)).status).toBe(404)
  })

  it('to no address is 404, with another method 405', async () => {
    const unknown = await fetch(`${server.url}/nowhere`)
    expect([unknown.status, await codeOf(unknown)]).toEqual([404, 'PATH_UNKNOWN'])
    const wrong = await fetch(`${server.url}/words`)
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
    expect(await codeOf(wrong)).toBe('METHOD_NOT_ALLOWED')
  })

  it('by HEAD has the headers and no body; OPTIONS lists the methods', async () => {
    const head = await fetch(`${server.url}/things/x`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect(Number(head.headers.get('content-length'))).toBeGreaterThan(0)
    const options = await fetch(`${server.url}/things/x`, { method: 'OPTIONS' })
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS'])
  })

  it('that fails unexpectedly is 500 in the route’s form, with the stack in the log only', async () => {
    const response = await post(`${server.url}/fails`, '{}', { 'x-request-id': 'fault-1' })
    expect(response.status).toBe(500)
    const { oops, text } = (await response.json()) as { oops: string; text: string }
    expect(oops).toBe('SERVER_FAILED')
    expect(text).toContain('fault-1')
    expect(text).not.toContain('secret')
    expect(server.log.some((line) => line.includes('a secret of the inside') && line.includes('stack'))).toBe(
      true,
    )
  })

  it('may follow others on the same connection before they are answered', async () => {
    const { socket, text } = await rawConnection(server.port)
    const one = (words: string): string => {
      const body = JSON.stringify({ texts: [words] })
      return `POST /words HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    }
    socket.write(one('a') + one('a b') + one('a b c'))
    const received = await text('[3]')
    expect(received.match(/\{"words":\[\d\]\}/g)).toEqual(['{"words":[1]}', '{"words":[2]}', '{"words":[3]}'])
    socket.destroy()
  })
})

describe('a body', () => {
  it.each([
    ['', 'the body is empty'],
    ['{"texts": [1,]}', 'a value is expected at line 1, column 14'],
    ['{"texts":\n["a}', 'a string that begins here has no end at line 2, column 2'],
    ['{"a": NaN}', 'NaN and Infinity are no JSON at line 1, column 7'],
    ['{"a": 1} x', 'more text follows after the value at line 1, column 10'],
  ])('%j is refused with the place', async (body, sentence) => {
    const response = await post(`${server.url}/words`, body)
    expect(response.status).toBe(400)
    const { error } = (await response.json()) as { error: { code: string; message: string } }
    expect(error.code).toBe('DATA_NOT_JSON')
    expect(error.message).toContain(sentence)
  })

  it('that is not UTF-8 is refused with the byte', async () => {
    const response = await post(
      `${server.url}/words`,
      Buffer.from([0x22, 0xef, 0xbf, 0xbd, 0x61, 0xff, 0x22]),
    )
    expect(await response.text()).toContain('not UTF-8 from byte 5 on')
  })

  it('that is nested without end is refused', async () => {
    const response = await post(`${server.url}/words`, '['.repeat(90_000))
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining('nested too deeply'),
    ])
  })

  it('may be gzip', async () => {
    const response = await post(`${server.url}/words`, gzipSync(two), { 'content-encoding': 'gzip' })
    expect(await response.json()).toEqual({ words: [2, 1] })
    const broken = await post(`${server.url}/words`, Buffer.from('no gzip'), { 'content-encoding': 'gzip' })
    expect([broken.status, await codeOf(broken)]).toEqual([400, 'DATA_NOT_JSON'])
    const unknown = await post(`${server.url}/words`, two, { 'content-encoding': 'zstd' })
    expect([unknown.status, await codeOf(unknown)]).toEqual([415, 'ENCODING_UNKNOWN'])
  })

  it('that inflates beyond the limit is refused', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, ' '))
    expect(bomb.length).toBeLessThan(100_000)
    const response = await post(`${server.url}/words`, bomb, { 'content-encoding': 'gzip' })
    expect([response.status, await codeOf(response)]).toEqual([413, 'BODY_TOO_LARGE'])
  })

  it('that is announced or sent larger than the limit is refused before it is read', async () => {
    const announced = await rawConnection(server.port)
    announced.socket.write('POST /words HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n{')
    expect(await announced.text('BODY_TOO_LARGE')).toContain('HTTP/1.1 413')
    announced.socket.destroy()
    const chunked = await rawConnection(server.port)
    chunked.socket.write('POST /words HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n')
    chunked.socket.write(`1ADB0\r\n${' '.repeat(0x1adb0)}\r\n`)
    expect(await chunked.text('BODY_TOO_LARGE')).toContain('HTTP/1.1 413')
    chunked.socket.destroy()
  })

  it('is asked for only when it is welcome', async () => {
    const { socket, text } = await rawConnection(server.port)
    socket.write(
      'POST /words HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 999999999\r\n\r\n',
    )
    const refused = await text('BODY_TOO_LARGE')
    expect(refused).not.toContain('100 Continue')
    socket.destroy()
    const welcome = await rawConnection(server.port)
    welcome.socket.write(
      `POST /words HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: ${two.length}\r\n\r\n`,
    )
    await welcome.text('100 Continue')
    welcome.socket.write(two)
    expect(await welcome.text('[2,1]')).toContain('HTTP/1.1 200')
    welcome.socket.destroy()
  })

  it('that never comes whole is given up', async () => {
    const slow = await other({ headersTimeout: 0.2, uploadTimeout: 0.4 })
    const { text } = await rawConnection(slow.port).then(({ socket, text }) => {
      socket.write('POST /words HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{"tex')
      return { text }
    })
    expect(await text()).toContain('HTTP/1.1 408')
    const headers = await rawConnection(slow.port)
    headers.socket.write('POST /words HTTP/1.1\r\nHost: loc')
    expect(await headers.text()).toContain('HTTP/1.1 408')
    const noise = await rawConnection(slow.port)
    noise.socket.write('\x16\x03\x01 no HTTP at all\r\n\r\n')
    expect(await noise.text()).toContain('HTTP/1.1 400')
  })
})

describe('work', () => {
  it('is cancelled when its client goes away', async () => {
    const { service, port } = server
    const { promise, resolve } = Promise.withResolvers<void>()
    service.gate = promise
    const before = service.aborted.length
    const { socket } = await rawConnection(port)
    socket.write(`POST /words HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${two.length}\r\n\r\n${two}`)
    const metrics = async (): Promise<string> => (await fetch(`${server.url}/metrics`)).text()
    await vi.waitFor(async () => expect(await metrics()).toContain('guerdon_queue_rows 2'))
    socket.destroy()
    await vi.waitFor(() => expect(service.aborted.slice(before)).toMatchObject([{ code: 'RUN_CANCELLED' }]))
    resolve()
    await vi.waitFor(async () =>
      expect(await metrics()).toContain('guerdon_requests_total{protocol="words",status="499"} 1'),
    )
    expect(await metrics()).toContain('guerdon_queue_rows 0')
  })

  it('beyond the queue’s rows is refused with Retry-After', async () => {
    const small = await other({ queueRows: 2 })
    const { promise, resolve } = Promise.withResolvers<void>()
    small.service.gate = promise
    const first = post(`${small.url}/words`, two)
    await vi.waitFor(async () =>
      expect(await (await fetch(`${small.url}/metrics`)).text()).toContain('guerdon_queue_rows 2'),
    )
    const refused = await post(`${small.url}/words`, two)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
    expect(await codeOf(refused)).toBe('SERVER_BUSY')
    resolve()
    expect((await first).status).toBe(200)
    expect((await post(`${small.url}/words`, '{"texts":["a","b","c"]}')).status).toBe(200)
  })

  it('that takes too long is 504 and aborted', async () => {
    const small = await other({ requestTimeout: 0.1 })
    const { promise, resolve } = Promise.withResolvers<void>()
    small.service.gate = promise
    const response = await post(`${small.url}/words`, two)
    expect([response.status, await codeOf(response)]).toEqual([504, 'REQUEST_TIMEOUT'])
    expect(small.service.aborted).toMatchObject([{ code: 'REQUEST_TIMEOUT' }])
    resolve()
  })

  it('goes on beside a thousand idle connections', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1000, maxFreeSockets: 1000 })
    const ask = (): Promise<number> =>
      new Promise((resolve, reject) => {
        get(`${server.url}/healthz`, { agent }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode!))
        }).on('error', reject)
      })
    const statuses = await Promise.all(Array.from({ length: 1000 }, ask))
    expect(statuses.every((status) => status === 200)).toBe(true)
    expect(Object.values(agent.freeSockets).flat().length).toBe(1000)
    expect(await (await post(`${server.url}/words`, two)).json()).toEqual({ words: [2, 1] })
    agent.destroy()
  })
})

describe('who may ask', () => {
  const key = 'a-key-of-sixteen-or-more'

  it('is everyone on loopback, but no other site’s page', async () => {
    const { socket, text } = await rawConnection(server.port)
    socket.write('GET /things/x HTTP/1.1\r\nHost: evil.example\r\n\r\n')
    expect(await text('ORIGIN_REFUSED')).toContain('HTTP/1.1 403')
    socket.destroy()
    const foreign = await post(`${server.url}/words`, two, { origin: 'https://evil.example' })
    expect([foreign.status, await codeOf(foreign)]).toEqual([403, 'ORIGIN_REFUSED'])
    const own = await post(`${server.url}/words`, two, { origin: server.url })
    expect(own.status).toBe(200)
    expect(own.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('is an origin that was allowed', async () => {
    const open = await other({ cors: ['https://friend.example'] })
    const preflight = await fetch(`${open.url}/words`, {
      method: 'OPTIONS',
      headers: { origin: 'https://friend.example', 'access-control-request-method': 'POST' },
    })
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://friend.example')
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Content-Type')
    expect((await post(`${open.url}/words`, two, { origin: 'https://friend.example' })).status).toBe(200)
    expect((await post(`${open.url}/words`, two, { origin: 'https://other.example' })).status).toBe(403)
  })

  it('is who has a key, once keys are set', async () => {
    const closed = await other({ key: [key] })
    const ask = (headers: Record<string, string>) => post(`${closed.url}/words`, two, headers)
    expect((await fetch(`${closed.url}/healthz`)).status).toBe(200)
    for (const path of [
      '/metrics',
      '/readyz',
      '/openapi.json',
      '/studio/api/events',
      '/things/x',
      '/nowhere',
    ]) {
      expect([path, (await fetch(closed.url + path)).status]).toEqual([path, 401])
    }
    const missing = await ask({})
    expect([missing.status, missing.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="guerdon"'])
    expect((await ask({ authorization: `Bearer ${key}x` })).status).toBe(403)
    expect((await ask({ authorization: `Bearer ${key}` })).status).toBe(200)
    expect((await ask({ 'x-api-key': key })).status).toBe(200)
    expect(closed.log.join('')).not.toContain(key)
  })

  it('in a browser logs in once and then reads, but does not write, with a cookie', async () => {
    const closed = await other({ key: [key] })
    const browser = { accept: 'text/html', redirect: 'manual' } as const
    const form = await fetch(`${closed.url}/`, { headers: { accept: browser.accept } })
    expect([form.status, await form.text()]).toEqual([401, expect.stringContaining('type="password"')])
    const entered = await fetch(`${closed.url}/studio/login`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ key }),
    })
    expect(entered.status).toBe(303)
    const set = entered.headers.get('set-cookie')!
    expect(set).toMatch(/HttpOnly; SameSite=Strict$/)
    expect(set).not.toContain(key)
    const cookie = set.split(';')[0]!
    expect((await fetch(`${closed.url}/things/x`, { headers: { cookie } })).status).toBe(200)
    expect((await post(`${closed.url}/words`, two, { cookie })).status).toBe(401)
    const link = await fetch(`${closed.url}/?key=${key}&run=1`, {
      redirect: 'manual',
      headers: { accept: 'text/html' },
    })
    expect([link.status, link.headers.get('location')]).toEqual([303, '/?run=1'])
    const wrong = await fetch(`${closed.url}/studio/login`, {
      method: 'POST',
      body: new URLSearchParams({ key: 'wrong' }),
    })
    expect(wrong.status).toBe(403)
  })

  it('is warned about when the address is open to all', async () => {
    const open = await other({ host: '0.0.0.0' })
    expect(open.log.join('')).toContain('EVERYONE')
  })
})

describe('the server’s own addresses', () => {
  it('are health, readiness, figures, a description and a page', async () => {
    expect(await (await fetch(`${server.url}/healthz`)).json()).toEqual({ status: 'ok' })
    expect(await (await fetch(`${server.url}/readyz`)).json()).toMatchObject({ ready: true, reward: 'words' })
    expect(await (await fetch(`${server.url}/openapi.json`)).json()).toMatchObject({
      servers: [{ url: server.url }],
    })
    const metrics = await fetch(`${server.url}/metrics`)
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    expect(await metrics.text()).toContain('guerdon_request_duration_seconds_bucket')
    const page = await fetch(`${server.url}/`)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  it('say when the store does not answer', async () => {
    const sick = await other(
      {},
      {
        storeLocation: 'somewhere',
        checkStore: async () => {
          throw new Error('the disk is gone')
        },
      },
    )
    const response = await fetch(`${sick.url}/readyz`)
    expect([response.status, await response.json()]).toEqual([
      503,
      expect.objectContaining({ ready: false, store: 'the disk is gone' }),
    ])
  })

  it('log the first refusal whole and count the rest', async () => {
    const small = await other()
    for (let time = 0; time < 3; time++) await post(`${small.url}/words`, '{"a":')
    const refusals = (): string[] => small.log.filter((line) => line.includes('DATA_NOT_JSON'))
    expect(refusals().length).toBe(1)
    expect(refusals()[0]).toContain('ends too early')
    await small.stop()
    expect(refusals()[1]).toContain('2 more times')
  })
})

describe('stopping', () => {
  it('finishes what was accepted and refuses the rest', async () => {
    const small = await smallServer()
    const { promise, resolve } = Promise.withResolvers<void>()
    small.service.gate = promise
    const kept = await rawConnection(small.port)
    kept.socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await kept.text('ok')
    const request = `POST /words HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${two.length}\r\n\r\n${two}`
    kept.socket.write(request + request)
    await vi.waitFor(async () =>
      expect(await (await fetch(`${small.url}/metrics`)).text()).toContain('guerdon_queue_rows 4'),
    )
    const stopped = small.stop()
    kept.socket.write(request)
    await vi.waitFor(() => expect(small.log.join('')).toContain('SERVER_STOPPING'))
    resolve()
    await stopped
    const received = await kept.text()
    expect(received.match(/\[2,1\]/g)?.length).toBe(2)
    expect(received).toMatch(/HTTP\/1\.1 503[\s\S]*Connection: close/i)
    await expect(fetch(`${small.url}/healthz`)).rejects.toThrow()
  })

  it('waits no longer than it was told', async () => {
    const small = await smallServer({ stopTimeout: 0.1 })
    const { promise, resolve } = Promise.withResolvers<void>()
    small.service.gate = promise
    const lost = post(`${small.url}/words`, two).catch(() => 'lost')
    await vi.waitFor(async () =>
      expect(await (await fetch(`${small.url}/metrics`)).text()).toContain('guerdon_queue_rows 2'),
    )
    await small.stop()
    expect(await lost).toBe('lost')
    expect(small.log.join('')).toContain('1 requests were not done')
    resolve()
  })
})

describe('events', () => {
  it('come by name and id, and again to a client that comes back', async () => {
    const small = await other()
    const first = await rawConnection(small.port)
    first.socket.write('GET /studio/api/events?run=a HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await first.text('retry:')
    small.events.publish('batch', { run: 'a', rows: 1 })
    small.events.publish('batch', { run: 'b', rows: 2 })
    small.events.publish('spec', { accepted: true })
    const seen = await first.text('event: spec')
    expect(seen).toContain('event: batch\ndata: {"run":"a","rows":1}')
    expect(seen).not.toContain('"run":"b"')
    const id = /id: (\S+)\nevent: batch/.exec(seen)![1]!
    first.socket.destroy()
    const again = await rawConnection(small.port)
    again.socket.write(`GET /studio/api/events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: ${id}\r\n\r\n`)
    const missed = await again.text('event: spec')
    expect(missed).toContain('"run":"b"')
    expect(missed).not.toContain('"run":"a"')
    again.socket.destroy()
  })

  it('reach a thousand clients, and let go one that does not read', async () => {
    const small = await other()
    const clients: Socket[] = []
    for (let client = 0; client < 1000; client++) {
      const { socket, text } = await rawConnection(small.port)
      socket.write('GET /studio/api/events HTTP/1.1\r\nHost: localhost\r\n\r\n')
      clients.push(socket)
      if (client === 999) await text('retry:')
    }
    await vi.waitFor(() => expect(small.events.clients).toBe(1000))
    const heard = clients.map((socket) => once(socket, 'data'))
    small.events.publish('batch', { rows: 1 })
    await Promise.all(heard)
    const slow = clients[0]!
    for (const socket of clients.slice(1)) socket.destroy()
    await vi.waitFor(() => expect(small.events.clients).toBe(1))
    slow.pause()
    const text = 'x'.repeat(500_000)
    await vi.waitFor(() => {
      small.events.publish('batch', { text })
      expect(small.events.clients).toBe(0)
    })
    slow.destroy()
  })
})
