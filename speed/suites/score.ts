/**
 * `guerdon score` from start to end, as a person runs it: a million rollouts in a JSONL file, three signals, a sum and
 * group-relative advantages, every row written. And a tenth of it, to see whether memory grows with the file.
 */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, createWriteStream, readFileSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { RandomStream } from '../../src/numerics/random.ts'
import { type Line, median } from '../measure.ts'
import { lexicon, word } from '../texts.ts'
import type { Suite } from './suite.ts'

const root = resolve(import.meta.dirname, '../..')
const GROUP_SIZE = 8
/** rollouts of one training step */
const STEP = 1024

interface Generated {
  readonly path: string
  readonly rows: number
  readonly bytes: number
  readonly rightAnswers: number
  readonly wellFormed: number
}

interface Run {
  readonly wall: number
  readonly cpu: number
  /** largest resident set, bytes */
  readonly memory: number
}

interface Report {
  readonly rows: number
  readonly groups: number
  readonly columns: Readonly<Record<string, { readonly mean: number; readonly invalid: number }>>
}

export const score: Suite = async ({ folder, quick }) => {
  const large = quick ? 100_000 : 1_000_000
  const small = large / 10
  const lines: Line[] = []
  const notes: string[] = []
  const figures: Record<string, unknown> = {}
  const memory: number[] = []
  let generated: Generated | undefined
  for (const [rows, written, repeats] of [
    [small, true, quick ? 1 : 3],
    [large, true, quick ? 1 : 2],
    [large, false, 1],
  ] as const) {
    const path = join(folder, `rollouts-${rows}.jsonl`)
    if (generated?.path !== path) generated = await generate(path, rows)
    const input = generated
    const runs: Run[] = []
    for (let repeat = 0; repeat < repeats; repeat++) runs.push(await run(input, folder, written))
    const wall = median(runs.map((one) => one.wall))
    const cpu = median(runs.map((one) => one.cpu))
    const peak = Math.max(...runs.map((one) => one.memory))
    const megabytes = Math.round(peak / 1e6)
    const judged = rows === large
    if (written) memory.push(megabytes)
    const name = `guerdon score, ${rows.toLocaleString('en-US')} rows${written ? '' : ', no output file'}`
    lines.push({
      suite: 'score',
      name,
      cores: 1,
      items: rows,
      unit: 'rows',
      runs: repeats,
      secondsWall: wall,
      secondsCpu: cpu,
      perSecondWall: rows / wall,
      perSecondCpu: rows / cpu,
      ...(judged
        ? { target: { text: '> 100,000 rows/s, < 300 MB', met: rows / wall > 100_000 && megabytes < 300 } }
        : {}),
    })
    notes.push(
      `${name}: ${Math.round(input.bytes / rows)} bytes a row, at most ${megabytes} MB of memory, ${Math.round(rows / wall).toLocaleString('en-US')} rows a second by the wall clock, start-up included.`,
    )
    figures[name] = { bytesPerRow: input.bytes / rows, peakMegabytes: megabytes, runs }
  }
  notes.push(
    `Memory: ${memory[0]} MB for ${small.toLocaleString('en-US')} rows, ${memory[1]} MB for ${large.toLocaleString('en-US')}. Processor time counts all threads of the process, the collector's included.`,
  )
  return { lines, notes, figures }
}

/** Runs the command in a process of its own and checks what it says and writes against what was generated. */
async function run(input: Generated, folder: string, written: boolean): Promise<Run> {
  const output = join(folder, 'scored.jsonl')
  const usageFile = join(folder, 'usage.json')
  const args = [
    '--import',
    join(root, 'speed', 'usage-at-exit.ts'),
    join(root, 'bin', 'guerdon.js'),
    'score',
    join(root, 'speed', 'specs', 'million.yaml'),
    input.path,
    ...(written ? ['-o', output] : []),
    '--restart',
    '--quiet',
    '--json',
  ]
  const started = performance.now()
  const printed = execFileSync(process.execPath, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...process.env, USAGE_FILE: usageFile },
  })
  const wall = (performance.now() - started) / 1000
  const report = JSON.parse(printed) as Report
  const close = (found: number, expected: number): boolean => Math.abs(found - expected) < 1e-9
  if (
    report.rows !== input.rows ||
    report.groups !== input.rows / GROUP_SIZE ||
    !close(report.columns.answer!.mean, input.rightAnswers / input.rows) ||
    !close(report.columns.format!.mean, input.wellFormed / input.rows)
  )
    throw new Error(`score: the report does not fit the generated rollouts: ${printed.slice(0, 1000)}`)
  if (written) {
    const lines = await countLines(output)
    if (lines !== input.rows) throw new Error(`score: ${lines} rows written, not ${input.rows}`)
    rmSync(output)
  }
  const usage = JSON.parse(readFileSync(usageFile, 'utf8')) as NodeJS.ResourceUsage
  return {
    wall,
    cpu: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
    memory: usage.maxRSS * 1024,
  }
}

async function countLines(path: string): Promise<number> {
  let lines = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++
  }
  return lines
}

/** Rollouts of a policy that answers sums: groups of eight in a row, well formed nine times of ten, right half the time. */
async function generate(path: string, rows: number): Promise<Generated> {
  const random = new RandomStream(31)
  const words = lexicon(random.derive('words'))
  const file = createWriteStream(path, { highWaterMark: 1 << 20 })
  let rightAnswers = 0
  let wellFormed = 0
  let chunk: string[] = []
  let left = 0
  let right = 0
  for (let row = 0; row < rows; row++) {
    if (row % GROUP_SIZE === 0) {
      left = random.below(1000)
      right = random.below(1000)
    }
    const tagged = random.below(10) > 0
    const correct = random.below(2) === 0
    const answer = left + right + (correct ? 0 : 1 + random.below(9))
    const thought = Array.from({ length: 8 + random.below(9) }, () => word(random, words)).join(' ')
    const completion = tagged
      ? `<think>\n${thought}\n</think>\n<answer>\n${answer}\n</answer>`
      : `${thought} <answer>${answer}</answer>`
    if (tagged) wellFormed++
    if (correct) rightAnswers++
    chunk.push(
      JSON.stringify({
        id: `r${row}`,
        group: `g${Math.floor(row / GROUP_SIZE)}`,
        step: Math.floor(row / STEP),
        prompt: `What is ${left} + ${right}?`,
        completion,
        reference: String(left + right),
      }),
    )
    if (chunk.length === 4096 || row === rows - 1) {
      if (!file.write(`${chunk.join('\n')}\n`)) await once(file, 'drain')
      chunk = []
    }
  }
  file.end()
  await once(file, 'close')
  return { path, rows, bytes: statSync(path).size, rightAnswers, wellFormed }
}
