/**
 * `npm run soak [-- --minutes 10]`: a served reward under steady load, its memory written down every ten seconds. Says
 * whether it stayed flat: the mean of the last third against that of the middle third.
 */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ServeProcess } from '../../test/server/serve-process.ts'
import { bodies } from './bodies.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, connections: { type: 'string', default: '32' } },
})
const minutes = Number(values.minutes)
const folder = mkdtempSync(join(tmpdir(), 'guerdon-soak-'))
const spec = join(folder, 'reward.yaml')
writeFileSync(
  spec,
  `name: soak
signals:
  format: { use: answer-format }
  correct: { use: exact-match, from: answer-tag }
  size: { use: length, unit: words }
shape: { size: { use: running-mean-std } }
combine: { use: weighted-sum, weights: { format: 0.2, correct: 1, size: 0.01 } }
advantage: { use: grpo }
`,
)
const store = join(folder, 'store.sqlite')
const server = await ServeProcess.start([spec, '--port', '0', '--store', store, '--log-level', 'warn'])
const agent = new Agent({ keepAlive: true, maxSockets: Number(values.connections) })
const drafts = bodies(8, 256).map((text) => JSON.parse(text) as { rows: { id: string }[] })
let sent = 0
let failed = 0
let stopped = false

function post(): Promise<void> {
  const number = sent++
  const draft = drafts[number % drafts.length]!
  const body = JSON.stringify({
    step: Math.floor(number / 100),
    rows: draft.rows.map((row) => ({ ...row, id: `${row.id}-${number}` })),
  })
  return new Promise((done) => {
    const asked = request(
      `${server.url}/v1/rewards`,
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', 'idempotency-key': `soak-${number}` },
      },
      (response) => {
        if (response.statusCode !== 200) failed++
        response.resume()
        response.once('end', done)
      },
    )
    asked.once('error', () => {
      failed++
      done()
    })
    asked.end(body)
  })
}

const lanes = Array.from({ length: Number(values.connections) }, async () => {
  while (!stopped) await post()
})
const started = Date.now()
const samples: number[] = []
while (Date.now() - started < minutes * 60_000) {
  await new Promise((resolve) => setTimeout(resolve, 10_000))
  const rss =
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))![1]) / 1024
  samples.push(rss)
  console.log(
    `${Math.round((Date.now() - started) / 1000)} s: ${rss.toFixed(0)} MB, ${sent} requests, ${failed} failed, store ${(statSync(store).size / 2 ** 20).toFixed(0)} MB`,
  )
}
stopped = true
await Promise.all(lanes)
const code = await server.kill('SIGTERM')
const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length
const third = Math.floor(samples.length / 3)
const middle = mean(samples.slice(third, 2 * third))
const last = mean(samples.slice(-third))
console.log(
  `${sent} requests of 8 rollouts in ${minutes} minutes, ${failed} failed, exit code ${code}; memory ${middle.toFixed(0)} MB in the middle third, ${last.toFixed(0)} MB in the last (${(((last - middle) / middle) * 100).toFixed(1)} %), at most ${Math.max(...samples).toFixed(0)} MB`,
)
agent.destroy()
rmSync(folder, { recursive: true, force: true })
