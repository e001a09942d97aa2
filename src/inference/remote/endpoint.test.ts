import { afterEach, describe, expect, it } from 'vitest'
import { type Answer, type LocalServer, localServer, respond } from '../../../test/models/local-server.ts'
import { Endpoint, type EndpointOptions, serverMessage } from './endpoint.ts'

const servers: LocalServer[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function serve(answer: Answer, options: Partial<EndpointOptions> = {}, environment = {}) {
  const server = await localServer(answer)
  servers.push(server)
  return {
    server,
    endpoint: new Endpoint({ url: server.url, pauseMilliseconds: 1, ...options }, environment),
  }
}

describe('Endpoint', () => {
  it('posts JSON with its key and gives back what is answered', async () => {
    const { server, endpoint } = await serve(
      ({ body }) => ({ got: body }),
      { keyVariable: 'KEY' },
      { KEY: 'secret' },
    )
    expect(await endpoint.post('/x', { a: 1 })).toEqual({ got: { a: 1 } })
    expect(server.asked[0]).toMatchObject({
      method: 'POST',
      path: '/x',
      headers: { authorization: 'Bearer secret', 'content-type': 'application/json' },
    })
    expect(() => new Endpoint({ url: server.url, keyVariable: 'NONE' }, {})).toThrow(
      /"NONE": the environment variable/,
    )
  })

  it('asks again after a passing failure and a torn connection', async () => {
    const { server, endpoint } = await serve((_, response, count) => {
      if (count === 1)
        return respond(response, 429, { error: { message: 'slow down' } }, { 'retry-after': '0.02' })
      if (count === 2)
        return respond(response, 503, 'starting', { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' })
      if (count === 3) {
        response.destroy()
        return undefined
      }
      return { fine: true }
    })
    expect(await endpoint.post('/x', {})).toEqual({ fine: true })
    expect(server.asked).toHaveLength(4)
  })

  it('gives up with the words of the server', async () => {
    const { server, endpoint } = await serve(
      (_, response) => respond(response, 503, { error: 'model is overloaded', error_type: 'overloaded' }),
      { attempts: 3 },
    )
    await expect(endpoint.post('/x', {})).rejects.toThrow(
      `${server.url}/x: the endpoint answered 503: model is overloaded`,
    )
    expect(server.asked).toHaveLength(3)
  })

  it('does not ask again what will be refused again', async () => {
    const refusals: [number, unknown, RegExp, Record<string, string>?][] = [
      [
        400,
        { object: 'error', message: 'does not support Score API' },
        /answered 400: does not support Score API/,
      ],
      [401, { error: { message: 'no key' } }, /401: no key\. keyVariable names the environment variable/],
      [500, '<html>broken', /answered 500: <html>broken/],
      [429, { error: { message: 'pay first', code: 'insufficient_quota' } }, /429: pay first/],
      [503, { detail: 'gone for long' }, /503: gone for long/, { 'retry-after': '86400' }],
    ]
    for (const [status, body, message, headers] of refusals) {
      const { server, endpoint } = await serve((_, response) => respond(response, status, body, headers))
      await expect(endpoint.post('/x', {})).rejects.toThrow(message)
      await expect(endpoint.get('/x')).rejects.toMatchObject({ code: 'ENDPOINT_FAILED', httpStatus: 502 })
      expect(server.asked).toHaveLength(2)
    }
  })

  it('says so when nobody is there, when it takes too long and when the answer is no JSON', async () => {
    const { server, endpoint } = await serve(() => ({}), { attempts: 2 })
    server.close()
    await expect(endpoint.get('/x')).rejects.toThrow(/could not be reached: connect ECONNREFUSED/)
    const slow = await serve(() => new Promise(() => {}), { timeoutSeconds: 0.05, attempts: 2 })
    await expect(slow.endpoint.get('/x')).rejects.toThrow(/did not answer within 0\.05 s/)
    expect(slow.server.asked).toHaveLength(2)
    const python = await serve((_, response) => respond(response, 200, '{"score": NaN}'))
    await expect(python.endpoint.get('/x')).rejects.toThrow(/does not answer in JSON \(found: .*NaN/)
  })

  it('stops when it is told to, while it waits for an answer and for as long as Retry-After says', async () => {
    const waiting = await serve(() => new Promise(() => {}))
    const stop = new AbortController()
    const asked = waiting.endpoint.post('/x', {}, stop.signal)
    setTimeout(() => stop.abort(), 20)
    await expect(asked).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
    const busy = await serve((_, response) => respond(response, 429, {}, { 'retry-after': '60' }))
    const second = new AbortController()
    const retried = busy.endpoint.post('/x', {}, second.signal)
    setTimeout(() => second.abort(), 50)
    await expect(retried).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
    expect(busy.server.asked).toHaveLength(1)
  })

  it('does not write /v1 twice', () => {
    expect(new Endpoint({ url: 'http://h/v1/' }).address('/v1/embeddings')).toBe('http://h/v1/embeddings')
    expect(new Endpoint({ url: 'http://h/v1' }).address('/classify')).toBe('http://h/v1/classify')
    expect(new Endpoint({ url: 'http://h' }).address('/v1/embeddings')).toBe('http://h/v1/embeddings')
  })

  it('finds the words of a refusal wherever they are', () => {
    expect(serverMessage('{"detail":[{"msg":"field required"}]}')).toBe('[{"msg":"field required"}]')
    expect(serverMessage('null')).toBe('null')
    expect(serverMessage('')).toBe('')
  })
})
