/** A training run survives being killed, and its memory does not grow. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, describe, expect, it } from 'vitest'
import { RandomStream } from '../../src/numerics/random.ts'

const folder = mkdtempSync(join(tmpdir(), 'guerdon-killed-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Report {
  readonly step?: number
  readonly rss?: number
  readonly digest?: string
}

/** Runs the sample, calls back for every line it prints, and gives the signal that ended it. */
async function run(
  settings: Readonly<Record<string, unknown>>,
  seen: (report: Report, child: ChildProcess) => void,
): Promise<NodeJS.Signals | null> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'samples/train.ts'), JSON.stringify(settings)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  createInterface({ input: child.stdout! }).on('line', (line) => seen(JSON.parse(line) as Report, child))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) =>
      code === 0 || signal !== null ? resolve(signal) : reject(new Error(`the run ended with ${code}`)),
    )
  })
}

async function digestOf(
  settings: Readonly<Record<string, unknown>>,
): Promise<{ digest: string; first: number }> {
  let digest = ''
  let first = 0
  await run(settings, (report) => {
    if (report.step !== undefined) first ||= report.step
    if (report.digest !== undefined) digest = report.digest
  })
  return { digest, first }
}

describe('a run', () => {
  it('killed ten times at random steps ends with the bits of one that was not', async () => {
    const settings = { steps: 1200, piece: 5 }
    const whole = await digestOf(settings)
    const checkpoint = join(folder, 'run.safetensors')
    const stream = new RandomStream(Date.now())
    const killedAt: number[] = []
    for (let kill = 0; kill < 10; kill++) {
      // Somewhere in the next hundred steps, and not always right after a report.
      let until = 20 + stream.below(80)
      const pause = stream.below(4)
      let start: number | undefined
      const signal = await run({ ...settings, checkpoint }, ({ step }, child) => {
        if (step === undefined) return
        start ??= step
        if (step - start >= until) {
          until = Number.POSITIVE_INFINITY
          killedAt.push(step)
          setTimeout(() => child.kill('SIGKILL'), pause)
        }
      })
      expect(signal).toBe('SIGKILL')
    }
    expect(killedAt.length).toBe(10)
    expect(existsSync(checkpoint)).toBe(true)
    const resumed = await digestOf({ ...settings, checkpoint })
    // It did continue: its first report is not that of a fresh run.
    expect(resumed.first).toBeGreaterThan(100)
    expect(resumed.digest, `killed at ${killedAt}`).toBe(whole.digest)
  })

  it('of 5,000 steps takes no more memory at its end than after 1,000', async () => {
    const rss = new Map<number, number>()
    await run({ steps: 5000, piece: 50 }, ({ step, rss: bytes }) => {
      if (step !== undefined) rss.set(step, bytes!)
    })
    const most = (from: number, to: number): number =>
      Math.max(...[...rss].flatMap(([step, bytes]) => (step > from && step <= to ? [bytes] : [])))
    expect(rss.size).toBe(100)
    // A step's tensors are 0.3 MB: kept, they would be 1,200 MB.
    expect(most(4000, 5000) - most(500, 1000)).toBeLessThan(40 * 2 ** 20)
  })
})
