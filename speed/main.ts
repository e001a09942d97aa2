/**
 * `npm run bench [-- --only advantages,bleu] [--quick] [--out FILE] [--shared FOLDER]`: Guerdon and its peers, measured in turns in one
 * run. Sets the peers up by itself, prints one table and writes `speed/results.json`.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, platform, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { bold, table } from '../src/cli/print.ts'
import type { Line } from './measure.ts'
import { Peers, setUpPeers } from './peers.ts'
import { advantages } from './suites/advantages.ts'
import { bleu } from './suites/bleu.ts'
import { math } from './suites/math.ts'
import { score } from './suites/score.ts'
import { start } from './suites/start.ts'
import type { Suite } from './suites/suite.ts'
import { training } from './suites/training.ts'

const suites: Readonly<Record<string, Suite>> = { advantages, math, bleu, score, start, training }

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    out: { type: 'string' },
    shared: { type: 'string', default: join(import.meta.dirname, '../../shared') },
  },
})
const chosen = values.only?.split(',').map((name) => name.trim()) ?? Object.keys(suites)
const unknown = chosen.find((name) => !Object.hasOwn(suites, name))
if (unknown !== undefined) {
  console.error(`There is no suite "${unknown}": ${Object.keys(suites).join(', ')}`)
  process.exit(2)
}
// A partial or quick run must not take the place of a full one.
const full = values.only === undefined && !values.quick
const out = values.out ?? (full ? join(import.meta.dirname, 'results.json') : undefined)

setUpPeers()
const folder = mkdtempSync(join(tmpdir(), 'guerdon-bench-'))
const peers = new Peers()
try {
  const versions = await peers.ask<Record<string, string | null>>('versions', {
    packages: ['torch', 'numpy', 'math-verify', 'latex2sympy2_extended', 'sympy', 'sacrebleu', 'trl', 'verl'],
  })
  const loadBefore = loadavg()[0]!
  const lines: Line[] = []
  const notes: string[] = []
  const figures: Record<string, unknown> = {}
  for (const name of chosen) {
    console.error(`${name} …`)
    const result = await suites[name]!({ peers, folder, shared: values.shared, quick: values.quick })
    lines.push(...result.lines)
    notes.push(...result.notes)
    if (result.figures !== undefined) figures[name] = result.figures
  }
  const machine = {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    loadBefore,
    loadAfter: loadavg()[0]!,
    node: process.version,
    ...versions,
  }
  print(lines, notes, machine)
  if (out !== undefined) {
    const results = {
      date: new Date().toISOString(),
      commit: commit(),
      command: ['node speed/main.ts', ...chosenFlags()].join(' '),
      quick: values.quick,
      machine,
      lines,
      notes,
      figures,
    }
    writeFileSync(out, `${JSON.stringify(results, null, 2)}\n`)
    console.log(`\nEvery figure: ${out}`)
  }
} finally {
  peers.close()
  rmSync(folder, { recursive: true, force: true })
}

function print(lines: readonly Line[], notes: readonly string[], machine: Record<string, unknown>): void {
  const rows = lines.map((line) => [
    line.suite,
    line.name,
    String(line.cores),
    `${rate(line.perSecondWall)} ${line.unit}/s`,
    rate(line.perSecondCpu),
    duration(line.secondsWall),
    line.ratio === undefined ? '' : times(line.ratio.wall),
    line.ratio === undefined ? '' : times(line.ratio.cpu),
    line.target === undefined ? '' : `${line.target.text}: ${line.target.met ? 'met' : 'MISSED'}`,
  ])
  const head = [
    'suite',
    'what',
    'cores',
    'rate',
    'by CPU time',
    'a run',
    'ours faster',
    'by CPU time',
    'target',
  ]
  console.log(`\n${table(head, rows, [2, 3, 4, 5, 6, 7])}\n`)
  for (const note of notes) console.log(note)
  const facts = Object.entries(machine).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? Math.round(value * 100) / 100 : value}`,
  )
  console.log(`\n${bold('Machine')}  ${facts.join(', ')}`)
}

function rate(perSecond: number): string {
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toFixed(1)} M`
  if (perSecond >= 1e4) return `${(perSecond / 1e3).toFixed(0)} k`
  return perSecond >= 100 ? perSecond.toFixed(0) : perSecond.toFixed(1)
}

function duration(seconds: number): string {
  return seconds < 1 ? `${(1000 * seconds).toFixed(seconds < 0.1 ? 1 : 0)} ms` : `${seconds.toFixed(1)} s`
}

function times(ratio: number): string {
  return `${ratio >= 100 ? Math.round(ratio).toLocaleString('en-US') : ratio.toFixed(1)} ×`
}

/** The flags that change figures; where data lies does not. */
function chosenFlags(): string[] {
  return [...(values.only === undefined ? [] : ['--only', values.only]), ...(values.quick ? ['--quick'] : [])]
}

function commit(): string | null {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8' }).trim()
  } catch {
    return null
  }
}
