/** A run that is killed continues where it stopped, and its output is the one that an undisturbed run would have written. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { RandomStream } from '../../src/numerics/random.ts'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'guerdon-resume-'))
const rows = 5 * 1024 + 100
const input = join(folder, 'rollouts.jsonl')
const spec = join(folder, 'reward.yaml')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

beforeAll(() => {
  const from = (path: string): string => JSON.stringify(pathToFileURL(join(root, path)).href)
  writeFileSync(
    join(folder, 'slow.ts'),
    `import { defineSignal } from ${from('src/kinds/signal.ts')}
import { createColumn, invalidate } from ${from('src/records/column.ts')}
import { z } from ${JSON.stringify(pathToFileURL(join(root, 'node_modules/zod/index.js')).href)}
export default defineSignal({
  name: 'slow', summary: 'A slow number.', range: '[0, 1)', grain: 'rollout', parameters: z.object({}), examples: [],
  async score(batch: { size: number; rollouts: readonly { id: string }[] }, _: object, { random }: any) {
    await new Promise((done) => setTimeout(done, batch.size * 0.4))
    const column = createColumn(batch.size)
    for (let row = 0; row < batch.size; row++) {
      const stream = random.derive(batch.rollouts[row]!.id)
      if (stream.below(20) === 0) invalidate(column, row, 'unlucky')
      else column.values[row] = stream.uniform()
    }
    return column
  },
})
`,
  )
  writeFileSync(
    spec,
    `name: slow
signals:
  slow: { use: ./slow.ts, concurrency: 1 }
  words: { use: length, unit: words }
shape: { slow: { use: running-mean-std } }
combine: { use: weighted-sum, weights: { slow: 1, words: 0.1 } }
advantage: { use: grpo }
`,
  )
  const random = new RandomStream(3)
  const lines = Array.from({ length: rows }, (_, row) =>
    JSON.stringify({
      id: `r${row}`,
      group: `g${row >> 2}`,
      prompt: 'p',
      completion: 'héllo '.repeat(1 + random.below(5)),
      step: Math.floor(row / 2000),
    }),
  )
  writeFileSync(input, `${lines.join('\n')}\n`)
})

interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function start(output: string, ...more: string[]): { child: ChildProcess; finished: Promise<Finished> } {
  const argv = [join(root, 'bin/guerdon.js'), 'score', spec, input, '-o', output, '--json', ...more]
  const child = spawn(process.execPath, argv, { cwd: folder })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (bytes) => {
    stdout += bytes
  })
  child.stderr.on('data', (bytes) => {
    stderr += bytes
  })
  const finished = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }))
  return { child, finished }
}

const run = (output: string, ...more: string[]): Promise<Finished> => start(output, ...more).finished

function journalled(output: string): number {
  const path = `${output}.journal`
  return existsSync(path) ? Math.max(0, readFileSync(path, 'utf8').split('\n').length - 2) : 0
}

/** Waits until the journal of a run holds rows, and kills it there. */
async function killedAt(output: string, least: number, signal: NodeJS.Signals): Promise<Finished> {
  const { child, finished } = start(output)
  while (journalled(output) < least && child.exitCode === null) await sleep(10)
  child.kill(signal)
  return finished
}

let whole: Buffer
beforeAll(async () => {
  const output = join(folder, 'whole.jsonl')
  const { code, stderr } = await run(output)
  expect(stderr).toBe('')
  expect(code).toBe(0)
  whole = readFileSync(output)
})

it('the undisturbed run has every row once, in order, and leaves no journal', () => {
  const ids = whole
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).id)
  expect(ids).toEqual(Array.from({ length: rows }, (_, row) => `r${row}`))
  expect(readdirSync(folder).filter((name) => name.startsWith('whole'))).toEqual(['whole.jsonl'])
})

it('killed at random moments again and again, it still writes the same bytes', async () => {
  const output = join(folder, 'killed.jsonl')
  const random = new RandomStream(Date.now())
  let kills = 0
  let known = 0
  let last: Finished
  for (;;) {
    const { child, finished } = start(output)
    if (kills < 6) {
      // Some of these fall into the start, before anything was done.
      const moment = sleep(150 + random.below(750))
      await Promise.race([moment, finished])
      if (child.exitCode === null) {
        child.kill('SIGKILL')
        await finished
        kills++
        expect(existsSync(output)).toBe(false)
        const now = journalled(output)
        expect(now).toBeGreaterThanOrEqual(known)
        known = now
        continue
      }
    }
    last = await finished
    break
  }
  expect(kills).toBeGreaterThanOrEqual(3)
  expect(last.stderr).toBe('')
  expect(last.code).toBe(0)
  expect(JSON.parse(last.stdout)).toMatchObject({ rows, resumed: known })
  expect(readFileSync(output).equals(whole)).toBe(true)
  expect(existsSync(`${output}.journal`)).toBe(false)
})

it('a line that was torn by the kill is written anew', async () => {
  const output = join(folder, 'torn.jsonl')
  await killedAt(output, 1024, 'SIGKILL')
  const journal = `${output}.journal`
  const kept = journalled(output)
  // What a kill amid a write leaves: part of a line, cut inside a character.
  appendFileSync(journal, Buffer.from('["r1024","g256",0,[0.5,"hé').subarray(0, -1))
  const { code, stdout } = await run(output)
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ rows, resumed: kept })
  expect(readFileSync(output).equals(whole)).toBe(true)
})

it('Ctrl-C says how to continue, leaves nothing under the output’s name, and the same command continues', async () => {
  const output = join(folder, 'stopped.jsonl')
  const { code, stderr, stdout } = await killedAt(output, 1024, 'SIGINT')
  expect(code).toBe(1)
  expect(stdout).toBe('')
  expect(stderr).toBe('RUN_CANCELLED stopped. The same command continues where it stopped\n')
  expect(readdirSync(folder).filter((name) => name.startsWith('stopped'))).toEqual(['stopped.jsonl.journal'])
  const again = await run(output)
  expect(again.code).toBe(0)
  expect(JSON.parse(again.stdout).resumed).toBeGreaterThanOrEqual(1024)
  expect(readFileSync(output).equals(whole)).toBe(true)
})

it('a journal of another spec or another input is refused, and --restart begins again', async () => {
  const output = join(folder, 'changed.jsonl')
  await killedAt(output, 1024, 'SIGKILL')
  const text = readFileSync(spec, 'utf8')
  try {
    writeFileSync(spec, text.replace('words: 0.1', 'words: 0.2'))
    const other = await run(output)
    expect(other.code).toBe(2)
    expect(other.stderr).toMatch(
      /^RESUME_MISMATCH .*changed\.jsonl\.journal: is the journal of a run with another spec; expected .*--restart.*\n$/,
    )
  } finally {
    writeFileSync(spec, text)
  }
  expect(journalled(output)).toBeGreaterThanOrEqual(1024)
  const lines = readFileSync(input, 'utf8')
  try {
    writeFileSync(input, lines.replace('héllo', 'hello'))
    const other = await run(output)
    expect(other.code).toBe(2)
    expect(other.stderr).toMatch(/^RESUME_MISMATCH .*another input; .*--restart/)
    expect(existsSync(output)).toBe(false)
  } finally {
    writeFileSync(input, lines)
  }
  const { code, stdout } = await run(output, '--restart')
  expect(code).toBe(0)
  expect(JSON.parse(stdout).resumed).toBe(0)
  expect(readFileSync(output).equals(whole)).toBe(true)
})

it('a file that is no journal is not taken for one', async () => {
  const output = join(folder, 'foreign.jsonl')
  for (const content of ['not a journal\n', '{"format":"of another program"}\n', 'null\n']) {
    writeFileSync(`${output}.journal`, content)
    const { code, stderr } = await run(output)
    expect(code).toBe(2)
    expect(stderr).toMatch(/^RESUME_MISMATCH .*foreign\.jsonl\.journal: is no journal of this version/)
    expect(readFileSync(`${output}.journal`, 'utf8')).toBe(content)
    expect(existsSync(output)).toBe(false)
  }
})
