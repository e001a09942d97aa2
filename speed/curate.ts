/**
 * Curation of many pairs: writes generated preferences once, curates them in a process of its own and says how long it
 * took and how much memory it had at its peak.
 *
 *     node speed/curate.ts --pairs 10000000 --folder FOLDER [--engine duckdb] [--memory 1GB] [--threads 2]
 *
 * The pairs are random words with a planted preference; of 100 rows three copy an earlier row, two copy one with a word
 * exchanged, and two label one the other way round.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { RandomStream } from '../src/numerics/random.ts'
import { curate } from '../src/preferences/curation/curate.ts'

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '100000' },
    folder: { type: 'string', default: '.' },
    engine: { type: 'string', default: 'duckdb' },
    memory: { type: 'string', default: '1GB' },
    threads: { type: 'string', default: '2' },
    run: { type: 'boolean', default: false },
  },
})
const pairs = Number(values.pairs)
const input = join(values.folder, `pairs-${pairs}.jsonl`)
const output = join(values.folder, `cleaned-${pairs}.jsonl`)

const syllables = [
  'ba',
  'co',
  'di',
  'fe',
  'gu',
  'ha',
  'ji',
  'ko',
  'lu',
  'me',
  'no',
  'pa',
  'qui',
  'ra',
  'so',
  'ti',
  'va',
  'we',
  'xo',
  'zu',
]
const vocabulary = Array.from({ length: 8000 }, (_, index) => {
  const [a, b, c] = [index % 20, Math.floor(index / 20) % 20, Math.floor(index / 400)]
  return syllables[a]! + syllables[b]! + syllables[c]!
})
const praised = vocabulary.slice(0, 40)
const blamed = vocabulary.slice(40, 80)

function words(random: RandomStream, count: number, marked: readonly string[]): string[] {
  return Array.from({ length: count }, () => {
    if (random.integer32() < 0.08 * 4294967296) return marked[random.below(marked.length)]!
    // Squared uniform numbers: early words are frequent, as in any language.
    const at = random.uniform()
    return vocabulary[Math.floor(at * at * vocabulary.length)]!
  })
}

/** The texts of row number `row`, made anew whenever a later row copies it. */
function textsOf(row: number): [prompt: string, chosen: string[], rejected: string[]] {
  const random = new RandomStream(row)
  const prompt = words(random, 8 + random.below(12), []).join(' ')
  const good = words(random, 20 + random.below(40), praised)
  const bad = words(random, 15 + random.below(40), blamed)
  return random.uniform() < 0.12 ? [prompt, bad, good] : [prompt, good, bad]
}

async function generate(): Promise<void> {
  const random = new RandomStream(77)
  const file = createWriteStream(`${input}.partial`)
  let lines = ''
  for (let row = 0; row < pairs; row++) {
    const fate = row < 100 ? 99 : random.below(100)
    let [prompt, chosen, rejected] = textsOf(fate < 7 ? random.below(row) : row)
    if (fate === 3 || fate === 4) chosen[chosen.length - 1] = 'other'
    if (fate === 5 || fate === 6) [chosen, rejected] = [rejected, chosen]
    lines += `{"id":"r${row}","prompt":"${prompt}","chosen":"${chosen.join(' ')}","rejected":"${rejected.join(' ')}"}\n`
    if (lines.length < 1 << 20) continue
    if (!file.write(lines)) await once(file, 'drain')
    lines = ''
  }
  file.end(lines)
  await once(file, 'finish')
  renameSync(`${input}.partial`, input)
}

if (values.run) {
  const report = await curate([input], {
    output,
    engine: values.engine as 'memory' | 'duckdb',
    memory: values.memory,
    threads: Number(values.threads),
    temporary: values.folder,
    onProgress: progressLines(),
  })
  const { findings, strengths } = report
  console.log(
    JSON.stringify({
      pairs: report.pairs,
      remaining: report.remaining,
      seconds: report.seconds,
      peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
      processorSeconds: (process.resourceUsage().userCPUTime + process.resourceUsage().systemCPUTime) / 1e6,
      actions: report.actions,
      findings: Object.fromEntries(Object.entries(findings).map(([kind, { rows }]) => [kind, rows])),
      candidates: report.nearCandidates,
      agreement: strengths.agreement,
    }),
  )
} else {
  if (!existsSync(input)) await generate()
  console.log(`${input}: ${(statSync(input).size / 2 ** 30).toFixed(2)} GiB`)
  const child = spawn(
    process.execPath,
    [...process.execArgv, import.meta.filename, ...process.argv.slice(2), '--run'],
    {
      stdio: 'inherit',
    },
  )
  const [code] = await once(child, 'exit')
  rmSync(output, { force: true })
  process.exitCode = Number(code)
}

/** A line each time a stage has come a tenth further. */
function progressLines(): (stage: string, rows: number) => void {
  let last = ''
  const started = performance.now()
  return (stage, rows) => {
    const now = `${stage} ${Math.floor((10 * rows) / pairs)}`
    if (now === last) return
    last = now
    const memory = Math.round(process.memoryUsage.rss() / 2 ** 20)
    console.error(
      `${((performance.now() - started) / 1000).toFixed(0)} s  ${stage} ${rows} rows, ${memory} MiB`,
    )
  }
}
