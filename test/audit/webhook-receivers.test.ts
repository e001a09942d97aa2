/** The receivers of alerts that docs/audit.md shows take what is signed and refuse the rest. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Alert } from '../../src/audit/alert.ts'
import { sendAlert } from '../../src/audit/webhook.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/audit.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'guerdon-receivers-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const alert: Alert = {
  diagnostic: 'length-drift',
  verdict: 'watch',
  column: null,
  sentence: 'Answers grow, “ünïcode” and all.',
  guard: 'Compare at equal length.',
  step: 12,
  rows: ['a'],
  numbers: { growth: 2 },
}
const secret = 'a secret of this test'

interface Receiver {
  readonly child: ChildProcess
  readonly url: string
  readonly said: () => string
}

/** Starts a receiver on a free port and waits until it says which. */
async function start(program: string, language: string, file: string): Promise<Receiver> {
  const code = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\\n\`\`\``).exec(page)![1]!
  const path = join(folder, file)
  writeFileSync(path, code)
  const child = spawn(program, [path], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, PORT: '0', GUERDON_WEBHOOK_SECRET: secret },
  })
  let said = ''
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  child.once('exit', (code) => reject(new Error(`the receiver ended with ${code}`)))
  child.stdout!.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8')
    const port = /port: (\d+)|', (\d+)\)/.exec(said)
    if (port !== null) resolve(port[1] ?? port[2]!)
  })
  return { child, url: `http://127.0.0.1:${await promise}`, said: () => said }
}

async function checks(program: string, language: string, file: string): Promise<void> {
  const { child, url, said } = await start(program, language, file)
  try {
    const signed = await sendAlert(alert, { url, secret, run: 'first', includeText: true })
    expect(signed).toMatchObject({ delivered: true, status: 204 })
    await expect.poll(said, { timeout: 10_000 }).toContain(`first watch ${alert.sentence}`)
    for (const wrong of ['another secret', undefined]) {
      const refused = await sendAlert(alert, { url, secret: wrong, run: 'second' })
      expect(refused).toMatchObject({ delivered: false, status: 401 })
    }
    expect(said()).not.toContain('second')
  } finally {
    child.kill()
  }
}

describe('the receiver of alerts in docs/audit.md', () => {
  it('in TypeScript', () => checks(process.execPath, 'ts', 'receiver.ts'))
  // Python is no part of the project; it is tested where there is one.
  it.skipIf(spawnSync('python3', ['--version']).status !== 0)('in Python', () =>
    checks('python3', 'python', 'receiver.py'),
  )
})
