import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import type { Alert } from '../../audit/alert.ts'
import { SIGNATURE_HEADER, signatureOf } from '../../audit/webhook.ts'
import type { StoredAlert } from '../../store/store.ts'
import { AlertDelivery } from './alert-delivery.ts'

const alert: Alert = {
  diagnostic: 'length-drift',
  verdict: 'watch',
  column: null,
  sentence: 'answers say “as a model” more often',
  guard: 'look at them',
  step: 3,
  rows: ['a'],
  numbers: { share: 0.5 },
}

const receivers: Server[] = []
afterEach(() => {
  for (const receiver of receivers.splice(0)) receiver.closeAllConnections()
})

/** Takes posts and answers with a status, or never for 0. */
async function receiver(status: number) {
  const posts: { body: string; signature: unknown }[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    posts.push({ body, signature: request.headers[SIGNATURE_HEADER] })
    if (status > 0) response.writeHead(status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  receivers.push(server)
  return { posts, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

function logOf() {
  const lines: string[] = []
  return { lines, logger: pino({ base: null }, { write: (line: string) => void lines.push(line) }) }
}

const memory = () => {
  const alerts: StoredAlert[] = []
  const saveAlert = async (run: string, given: Alert, at: number): Promise<StoredAlert> => {
    const stored = { ...given, id: alerts.length + 1, run, at }
    alerts.push(stored)
    return stored
  }
  return { alerts, saveAlert }
}

describe('AlertDelivery', () => {
  it('stores, shows and posts an alert, and writes none of its words to the log', async () => {
    const [store, { lines, logger }, { posts, url }] = [memory(), logOf(), await receiver(204)]
    const shown: StoredAlert[] = []
    const delivery = new AlertDelivery({
      run: 'r',
      store,
      show: async (stored) => void shown.push(stored),
      webhook: { url, secret: 'key' },
      logger,
    })
    delivery.tell(alert)
    await delivery.close()
    expect(shown).toEqual(store.alerts)
    expect(store.alerts).toMatchObject([{ ...alert, run: 'r' }])
    expect(posts).toHaveLength(1)
    expect(JSON.parse(posts[0]!.body)).toMatchObject({ run: 'r', alert: { diagnostic: 'length-drift' } })
    expect(posts[0]!.signature).toBe(signatureOf(posts[0]!.body, 'key'))
    expect(posts[0]!.body + lines.join('')).not.toContain('as a model')
  })

  it('posts what could not be stored, and the other way round', async () => {
    const [{ lines, logger }, { posts, url }] = [logOf(), await receiver(404)]
    const failing = {
      saveAlert: () => Promise.reject(new Error('the disk is full')),
    }
    const show = async () => {}
    const delivery = new AlertDelivery({ run: 'r', store: failing, show, webhook: { url }, logger })
    delivery.tell(alert)
    await delivery.close()
    expect(posts).toHaveLength(1)
    const text = lines.join('')
    expect(text).toContain('could not be stored')
    expect(text).toContain('did not take an alert: the receiver answered 404')
  })

  it('does not wait for a receiver that never answers', async () => {
    const [store, { lines, logger }, { url }] = [memory(), logOf(), await receiver(0)]
    const show = async () => {}
    const delivery = new AlertDelivery({ run: 'r', store, show, webhook: { url }, logger, grace: 20 })
    delivery.tell(alert)
    await delivery.close()
    expect(store.alerts).toHaveLength(1)
    expect(lines.join('')).toContain('cancelled')
  })
})
