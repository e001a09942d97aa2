/** A hacked run through a server raises an alert everywhere it should be; an honest one of the same length none. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { SIGNATURE_HEADER, signatureOf } from '../../src/audit/webhook.ts'
import { openStore } from '../../src/store/open-store.ts'
import { type GeneratedRun, hackedRun, honestRun } from '../audit/generated-runs.ts'
import { type AssembledServer, assembledServer, Folder } from './assembled-server.ts'

const folder = new Folder()
afterAll(() => folder[Symbol.dispose]())

const spec = folder.write(
  'watched.yaml',
  `name: watched\nsignals:\n  paid: { use: ${resolve(import.meta.dirname, 'logged-reward.ts')} }\n`,
)

const secret = 'the receiver knows it too'

/** The last step comes again so often: a slow machine's watch gets its time to look. */
const MOST_REPEATS = 30

/**
 * Posts a run step by step, as a trainer does, with time for the watch to look between the later ones. Its last step
 * comes again under other names until `seen`, a few times at least and `MOST_REPEATS` times at most.
 */
async function train(
  server: AssembledServer,
  { rows }: GeneratedRun,
  seen: () => Promise<boolean>,
): Promise<void> {
  const steps = [...Map.groupBy(rows, ({ step }) => step)]
  const [last, sample] = steps.at(-1)!
  let repeats = 0
  for (const [step, batch] of steps) {
    if (steps.at(-1)![0] === step && repeats < MOST_REPEATS && (repeats < 2 || !(await seen()))) {
      repeats++
      steps.push([last, sample.map((row) => ({ ...row, id: `${row.id}-again-${repeats}` }))])
    }
    const sent = batch.map(({ reward, ...row }) => ({ ...row, metadata: { paid: reward } }))
    const { status, body } = await server.post('/v1/rewards', { rows: sent })
    expect(status, JSON.stringify(body)).toBe(200)
    expect(body.rows[0].reward).toBe(batch[0]!.reward)
    if (step > 6) await new Promise((done) => setTimeout(done, 300))
  }
}

/** Serves a run and tells what came of it in the four places where alerts go. */
async function watched(name: string, generated: GeneratedRun) {
  const posts: { body: string; signature: unknown }[] = []
  const receiver = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    posts.push({ body, signature: request.headers[SIGNATURE_HEADER] })
    response.writeHead(204).end()
  })
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  const webhook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/alerts`
  const store = folder.file(`${name}.sqlite`)
  let streamed = ''
  let shown: { id: number; diagnostic: string; rows: { sequence: number | null }[] }[] = []
  {
    await using server = await assembledServer(spec, {
      store,
      run: name,
      webhook,
      webhookSecret: secret,
      heldBack: generated.heldBack === undefined ? [] : [generated.heldBack],
      watchPause: 0.1,
    })
    const stream = await fetch(`${server.url}/studio/api/events?run=${name}`)
    const reading = (async () => {
      for await (const piece of stream.body!) streamed += new TextDecoder().decode(piece)
    })()
    const alerts = async () => (await server.get(`/studio/api/runs/${name}/alerts`)).body.alerts
    await train(server, generated, async () => name === 'honest' || (await alerts()).length > 0)
    shown = await alerts()
    await server.stop()
    await reading
  }
  receiver.close()
  const opened = await openStore(store)
  const stored = await opened.alerts(name)
  await opened.close()
  return { posts, streamed, shown, stored }
}

describe('a served run', () => {
  it('that is hacked raises an alert in the store, the studio, the event stream and at the webhook', async () => {
    const { posts, streamed, shown, stored } = await watched('hacked', hackedRun(101))
    expect(stored.length).toBeGreaterThan(0)
    expect(shown.map(({ diagnostic }) => diagnostic).sort()).toEqual(
      stored.map(({ diagnostic }) => diagnostic).sort(),
    )
    // An alert's rows lead to stored rows.
    expect(shown.flatMap(({ rows }) => rows).every(({ sequence }) => sequence !== null)).toBe(true)
    const events = streamed.split('\n\n').filter((event) => event.includes('\nevent: alert\n'))
    expect(events).toHaveLength(stored.length)
    expect(posts).toHaveLength(stored.length)
    for (const { body, signature } of posts) {
      expect(signature).toBe(signatureOf(body, secret))
      const { run, alert } = JSON.parse(body)
      expect(run).toBe('hacked')
      expect(stored.map(({ diagnostic }) => diagnostic)).toContain(alert.diagnostic)
    }
  }, 30_000)

  it('that is honest raises none', async () => {
    const { posts, streamed, shown, stored } = await watched('honest', honestRun(101))
    expect({ posts, shown, stored }).toEqual({ posts: [], shown: [], stored: [] })
    expect(streamed).toContain('event: batch')
    expect(streamed).not.toContain('event: alert')
  }, 30_000)
})
