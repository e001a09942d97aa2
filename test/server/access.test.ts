/** A server with keys: nothing but its health is told to those who have none, whatever the address. */
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { afterAll, describe, expect, it } from 'vitest'
import { assembledServer, Folder } from './assembled-server.ts'

const folder = new Folder()
afterAll(() => folder[Symbol.dispose]())

const spec = folder.write('reward.yaml', 'name: closed\nsignals:\n  size: { use: length, unit: words }\n')
const key = 'a-key-of-many-letters'
const rows = [{ prompt: 'p', completion: 'two words' }]

describe('a server with keys', () => {
  it('answers no address without one: 401 without, 403 with a wrong one', async () => {
    const store = folder.file('closed.sqlite')
    await using server = await assembledServer(spec, { key: [key], store, run: 'closed' })
    const authorization = `Bearer ${key}`
    const { body: description } = await server.get('/openapi.json', { authorization })
    const addresses = Object.entries<object>(description.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ method, path: path.replace(/\{\w+\}/g, '1') })),
    )
    for (const path of ['/', '/readyz', '/metrics', '/openapi.json', '/studio/api/events', '/nowhere'])
      addresses.push({ method: 'get', path })
    expect(addresses.length).toBeGreaterThan(30)
    for (const { method, path } of addresses) {
      const body = method === 'post' ? '{}' : null
      const ask = async (headers: Record<string, string>): Promise<number> => {
        const answer = await fetch(server.url + path, { method, body, headers })
        await answer.body?.cancel()
        return answer.status
      }
      expect([path, await ask({}), await ask({ authorization: 'Bearer wrong' })]).toEqual([path, 401, 403])
      expect([path, await ask({ 'x-api-key': key })]).not.toEqual([path, expect.toBeOneOf([401, 403])])
    }
    const health = await server.get('/healthz')
    expect(health).toEqual({ status: 200, body: { status: 'ok' } })
    expect(server.log.map((line) => JSON.stringify(line)).join('')).not.toContain(key)
  })

  it('gives a browser a cookie for its key, that reads the studio and does not score', async () => {
    await using server = await assembledServer(spec, { key: [key], store: folder.file('c.sqlite'), run: 'c' })
    expect((await server.post('/v1/rewards', { rows }, { 'x-api-key': key })).status).toBe(200)
    const login = (given: string) =>
      fetch(`${server.url}/studio/login`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ key: given }),
      })
    expect((await login('wrong')).status).toBe(403)
    const entered = await login(key)
    const cookie = entered.headers.get('set-cookie')!.split(';')[0]!
    expect([entered.status, cookie.includes(key)]).toEqual([303, false])
    const runs = await server.get('/studio/api/runs', { cookie })
    expect(runs).toMatchObject({ status: 200, body: { runs: [{ id: 'c', rows: 1 }] } })
    expect((await server.get('/studio/api/runs', { cookie: `${cookie}x` })).status).toBe(401)
    expect((await server.post('/v1/rewards', { rows }, { cookie })).status).toBe(401)
  })
})

// Needs openssl, which makes the certificate.
describe.skipIf(spawnSync('openssl', ['version']).status !== 0)('a server with a certificate', () => {
  it('scores by HTTPS and gives its cookie for HTTPS only', async () => {
    const [tlsCert, tlsKey] = [folder.file('cert.pem'), folder.file('key.pem')]
    execFileSync(
      'openssl',
      // biome-ignore format: one line of a shell
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', tlsKey, '-out', tlsCert],
      { stdio: 'ignore' },
    )
    await using server = await assembledServer(spec, { tlsCert, tlsKey, key: [key] })
    const ca = readFileSync(tlsCert)
    const send = (path: string, type: string, body: string) =>
      new Promise<{ status: number; text: string; cookie: string | undefined }>((resolve, reject) => {
        const headers = { 'content-type': type, 'x-api-key': key }
        request(`${server.url}${path}`, { ca, method: 'POST', headers }, (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (piece: string) => {
            text += piece
          })
          response.on('end', () =>
            resolve({ status: response.statusCode!, text, cookie: response.headers['set-cookie']?.[0] }),
          )
        })
          .on('error', reject)
          .end(body)
      })
    const scored = await send('/v1/rewards', 'application/json', JSON.stringify({ rows }))
    expect([scored.status, JSON.parse(scored.text).rows[0].reward]).toEqual([200, 2])
    const entered = await send('/studio/login', 'application/x-www-form-urlencoded', `key=${key}`)
    expect(entered.cookie).toContain('; Secure')
  })
})
