/** A server is killed under load fifty times: no acknowledged batch may be lost, none may be there twice. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import { ServeProcess } from './serve-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'guerdon-kill-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const kills = Number(process.env.GUERDON_KILLS ?? 50)
const clients = 8

interface Batch {
  readonly key: string
  readonly rows: readonly {
    id: string
    group: string
    prompt: string
    completion: string
    reference: string
  }[]
}

/** One client: sends batch after batch, each until it is acknowledged, with the same key for every try. */
async function client(
  name: number,
  url: () => string,
  stopped: () => boolean,
  acknowledged: Map<string, unknown>,
): Promise<number> {
  let retries = 0
  for (let number = 0; !stopped(); number++) {
    const key = `client-${name}-${number}`
    const batch: Batch = {
      key,
      rows: Array.from({ length: 1 + (number % 3) }, (_, row) => ({
        id: `${key}-${row}`,
        group: key,
        prompt: 'What is 1 + 1?',
        completion: `${'thinking '.repeat(1 + ((number * 7 + row) % 40))}\\boxed{${2 + (row % 2)}}`,
        reference: '2',
      })),
    }
    while (true) {
      try {
        const response = await fetch(`${url()}/v1/rewards`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': key },
          body: JSON.stringify({ rows: batch.rows }),
        })
        const answer = (await response.json()) as { rows: unknown }
        if (response.status !== 200) throw new Error(JSON.stringify(answer))
        acknowledged.set(key, answer.rows)
        break
      } catch {
        if (stopped()) return retries
        retries++
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  }
  return retries
}

describe('guerdon serve under kill -9', () => {
  it(`loses and doubles nothing in ${kills} kills`, async () => {
    const spec = join(folder, 'reward.yaml')
    // The running mean makes a lost or doubled move of the state visible in the numbers.
    writeFileSync(
      spec,
      `name: kill
signals:
  correct: { use: math-answer, rules: [boxed] }
  size: { use: length, unit: words }
shape:
  size: { use: running-mean-std }
combine: { use: weighted-sum, weights: { correct: 1, size: 0.1 } }
`,
    )
    const store = join(folder, 'store.sqlite')
    const args = [spec, '--port', '0', '--store', store, '--run', 'kill']
    let server = await ServeProcess.start(args)
    let stopped = false
    const acknowledged = new Map<string, unknown>()
    const load = Promise.all(
      Array.from({ length: clients }, (_, name) =>
        client(
          name,
          () => server.url,
          () => stopped,
          acknowledged,
        ),
      ),
    )
    for (let kill = 0; kill < kills; kill++) {
      // Between nothing and some dozens of commits after the start.
      await new Promise((resolve) => setTimeout(resolve, 20 + ((kill * 137) % 480)))
      await server.kill()
      server = await ServeProcess.start(args)
    }
    await new Promise((resolve) => setTimeout(resolve, 200))
    stopped = true
    const retries = (await load).reduce((sum, count) => sum + count, 0)

    // A repeat of every fifth acknowledged request is answered as it was.
    let repeated = 0
    for (const [key, rows] of [...acknowledged].filter((_, index) => index % 5 === 0)) {
      const sent = (rows as { id: string }[]).length
      const number = Number(key.split('-')[2])
      const response = await server.post(
        '/v1/rewards',
        {
          rows: Array.from({ length: sent }, (_, row) => ({
            id: `${key}-${row}`,
            group: key,
            prompt: 'What is 1 + 1?',
            completion: `${'thinking '.repeat(1 + ((number * 7 + row) % 40))}\\boxed{${2 + (row % 2)}}`,
            reference: '2',
          })),
        },
        { 'idempotency-key': key },
      )
      const answer = (await response.json()) as { rows: unknown; repeated: boolean }
      expect(answer.repeated).toBe(true)
      expect(answer.rows).toEqual(rows)
      repeated++
    }
    expect(await server.kill('SIGTERM')).toBe(0)

    const opened = await openStore(store)
    const seen = new Map<string, number>()
    let words = 0
    for await (const rows of opened.export('kill')) {
      for (const { rollout } of rows) {
        seen.set(rollout.id, (seen.get(rollout.id) ?? 0) + 1)
        words++
      }
    }
    const state = (await opened.loadState('kill')) as Record<string, { count: number }>
    await opened.close()
    const doubled = [...seen].filter(([, times]) => times !== 1)
    const lost = [...acknowledged]
      .flatMap(([, rows]) => rows as { id: string }[])
      .filter(({ id }) => !seen.has(id))
    console.log(
      `${acknowledged.size} batches acknowledged, ${seen.size} rows stored, ${retries} retries, ${repeated} repeats checked`,
    )
    expect(lost).toEqual([])
    expect(doubled).toEqual([])
    expect(acknowledged.size).toBeGreaterThan(kills)
    // The state counts each stored row once: it moved with the batches and never without them.
    expect(state['shape/size/0']!.count).toBe(words)
  }, 600_000)
})
