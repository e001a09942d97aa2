import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Alert } from './alert.ts'
import { SIGNATURE_HEADER, sendAlert, signatureOf } from './webhook.ts'

const alert: Alert = {
  diagnostic: 'phrase',
  verdict: 'watch',
  column: null,
  sentence: '“secret words here” stands in 90 % of the last answers.',
  guard: 'Strip it.',
  step: 4,
  rows: ['a'],
  numbers: { lateShare: 0.9 },
}

let server: Server | undefined
afterEach(async () => {
  server?.closeAllConnections()
  await new Promise((resolve) => (server === undefined ? resolve(null) : server.close(resolve)))
  server = undefined
})

interface Received {
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A receiver that answers with the given statuses in turn; 0 never answers. */
async function receiver(...statuses: number[]): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = []
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
      const status = statuses[Math.min(received.length, statuses.length) - 1]!
      if (status !== 0) response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end('…')
    })
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received }
}

describe('sendAlert', () => {
  it('signs the body and keeps the text of rollouts at home', async () => {
    const { url, received } = await receiver(204)
    const outcome = await sendAlert(alert, { url, secret: 'k', run: 'r1', at: 7 })
    expect(outcome).toEqual({ delivered: true, attempts: 1, status: 204, reason: null })
    const [{ body, headers }] = received as [Received]
    expect(headers[SIGNATURE_HEADER]).toBe(signatureOf(body, 'k'))
    expect(body).not.toContain('secret words')
    expect(JSON.parse(body)).toMatchObject({ run: 'r1', at: 7, alert: { diagnostic: 'phrase', rows: ['a'] } })
  })

  it('sends the text when asked to, and no signature without a secret', async () => {
    const { url, received } = await receiver(200)
    await sendAlert(alert, { url, includeText: true })
    expect(received[0]!.body).toContain('secret words')
    expect(received[0]!.headers[SIGNATURE_HEADER]).toBeUndefined()
  })

  it('tries again after 500 and 429, and not after 400 or a redirect', async () => {
    const busy = await receiver(500, 429, 200)
    expect(await sendAlert(alert, { url: busy.url, pauseMilliseconds: 1 })).toMatchObject({
      delivered: true,
      attempts: 3,
    })
    for (const status of [400, 302]) {
      server!.close()
      const { url } = await receiver(status)
      expect(await sendAlert(alert, { url, pauseMilliseconds: 1 })).toMatchObject({
        delivered: false,
        attempts: 1,
        status,
      })
    }
  })

  it('gives up on a receiver that never answers or is not there, and says why', async () => {
    const { url, received } = await receiver(0)
    const silent = await sendAlert(alert, { url, timeoutMilliseconds: 50, pauseMilliseconds: 1, attempts: 2 })
    expect(silent).toMatchObject({ delivered: false, attempts: 2, status: null })
    expect(received.length).toBe(2)
    server!.closeAllConnections()
    await new Promise((resolve) => server!.close(resolve))
    server = undefined
    const absent = await sendAlert(alert, { url, pauseMilliseconds: 1, attempts: 2 })
    expect(absent.delivered).toBe(false)
    expect(absent.reason).toMatch(/ECONNREFUSED|connect/)
  })

  it('refuses what is no http URL', async () => {
    await expect(sendAlert(alert, { url: 'file:///etc/passwd' })).rejects.toThrow(/http or https/)
  })
})
