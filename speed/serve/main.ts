/**
 * `npm run bench:serve [-- --seconds 5 --rounds 3 --quick]`: a served reward and its peers under load, in turns in one
 * run. Needs wrk (Debian's package of that name) and Python 3. Writes `results.json` and the table in
 * `docs/operating.md`.
 */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { cpus, loadavg, release, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { bodies } from './bodies.ts'
import { type Measured, type ServeResults, servingTable, targets } from './table.ts'

const here = import.meta.dirname
const root = resolve(here, '../..')
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '32' },
    quick: { type: 'boolean', default: false },
  },
})
const seconds = values.quick ? 2 : Number(values.seconds)
const rounds = values.quick ? 1 : Number(values.rounds)
const connections = Number(values.connections)
const sizes = [1, 8, 64]

try {
  execFileSync('wrk', ['--version'], { stdio: 'ignore' })
} catch (error) {
  // wrk prints its version and ends with 1; only its absence matters.
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
    console.error('wrk is needed to make the load: apt-get install wrk')
    process.exit(2)
  }
}

const venv = join(here, '../.peers/serve')
if (!existsSync(join(venv, 'bin/uvicorn'))) {
  console.error('Setting up FastAPI in speed/.peers (once) …')
  execFileSync('python3', ['-m', 'venv', venv])
  execFileSync(join(venv, 'bin/pip'), ['install', '--quiet', '-r', join(here, 'requirements.txt')])
}

const folder = mkdtempSync(join(tmpdir(), 'guerdon-serve-'))
const spec = join(folder, 'reward.yaml')
writeFileSync(
  spec,
  `name: served
signals:
  format: { use: answer-format }
  correct: { use: exact-match, from: answer-tag }
combine: { use: weighted-sum, weights: { format: 0.2, correct: 1 } }
`,
)
for (const rows of sizes) {
  writeFileSync(join(folder, `bodies-${rows}`), `${bodies(rows, Math.max(64, 2048 / rows)).join('\n')}\n`)
}

interface Server {
  readonly name: string
  command(port: number, round: string): readonly string[]
}

const uvicorn = (module: string, port: number): string[] => [
  join(venv, 'bin/uvicorn'),
  `${module}:app`,
  '--port',
  String(port),
  '--log-level',
  'error',
]
const guerdon = (port: number, store: string): string[] => [
  process.execPath,
  join(root, 'bin/guerdon.js'),
  'serve',
  spec,
  '--port',
  String(port),
  '--store',
  store,
  '--log-level',
  'error',
]
const servers: readonly Server[] = [
  {
    name: 'guerdon serve, SQLite',
    command: (port, round) => guerdon(port, join(folder, `store-${round}.sqlite`)),
  },
  { name: 'guerdon serve, no store', command: (port) => guerdon(port, 'none') },
  { name: 'bare node:http', command: (port) => [process.execPath, join(here, 'bare.ts'), String(port)] },
  { name: 'FastAPI, async', command: (port) => uvicorn('fastapi_async', port) },
  { name: 'FastAPI, typed', command: (port) => uvicorn('fastapi_typed', port) },
]

function answers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', () => done(false))
  })
}

async function under(command: readonly string[], port: number, work: () => Promise<void>): Promise<void> {
  const child = spawn(command[0]!, command.slice(1), { cwd: here, stdio: ['ignore', 'ignore', 'inherit'] })
  try {
    while (!(await answers(port))) {
      if (child.exitCode !== null) throw new Error(`${command.join(' ')} ended before it listened`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await work()
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  }
}

interface Wrk {
  readonly requests: number
  readonly microseconds: number
  readonly p50: number
  readonly p99: number
  readonly errors: number
}

let mark = 0
function load(port: number, rows: number, duration: number): Promise<Wrk> {
  return new Promise((done, fail) => {
    const child = spawn(
      'wrk',
      [
        '-t1',
        `-c${connections}`,
        `-d${duration}s`,
        '--timeout',
        '30s',
        '-s',
        join(here, 'post.lua'),
        `http://127.0.0.1:${port}`,
      ],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, BODIES: join(folder, `bodies-${rows}`), MARK: String(++mark) },
      },
    )
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    child.once('exit', () => {
      const found = /RESULT (.*)/.exec(text)?.[1]
      if (found === undefined) fail(new Error(`wrk said:\n${text}`))
      else done(JSON.parse(found) as Wrk)
    })
  })
}

const median = (list: number[]): number => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]!

const runs = new Map<string, { rate: number[]; p50: number[]; p99: number[]; errors: number }>()
const before = loadavg()[0]!
let port = 18_700
for (let round = 0; round < rounds; round++) {
  // Every round begins with another one, so that a busy machine slows all of them alike.
  for (const [index] of servers.entries()) {
    const server = servers[(index + round) % servers.length]!
    port++
    await under(server.command(port, `${round}`), port, async () => {
      for (const rows of sizes) {
        await load(port, rows, 3)
        const result = await load(port, rows, seconds)
        const key = `${rows} ${server.name}`
        const run = runs.get(key) ?? { rate: [], p50: [], p99: [], errors: 0 }
        runs.set(key, run)
        run.rate.push(result.requests / (result.microseconds / 1e6))
        run.p50.push(result.p50 / 1000)
        run.p99.push(result.p99 / 1000)
        run.errors += result.errors
        console.error(
          `round ${round + 1}, ${server.name}, ${rows} rows: ${run.rate.at(-1)!.toFixed(0)} requests/s`,
        )
      }
    })
    rmSync(join(folder, `store-${round}.sqlite`), { force: true })
    rmSync(join(folder, `store-${round}.sqlite-wal`), { force: true })
  }
}
const measured: Measured[] = sizes.flatMap((rows) =>
  servers.map(({ name }) => {
    const run = runs.get(`${rows} ${name}`)!
    const requestsPerSecond = median(run.rate)
    return {
      rows,
      server: name,
      requestsPerSecond,
      rowsPerSecond: requestsPerSecond * rows,
      p50: median(run.p50),
      p99: median(run.p99),
      errors: run.errors,
    }
  }),
)
const results: ServeResults = {
  date: new Date().toISOString(),
  command: 'npm run bench:serve',
  machine: {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    system: release(),
    node: process.version,
    loadBefore: before,
  },
  connections,
  seconds,
  rounds,
  measured,
}
rmSync(folder, { recursive: true, force: true })
const table = servingTable(results)
console.log(table)
for (const rows of sizes) {
  const ours = measured.find((one) => one.rows === rows && one.server === servers[0]!.name)!
  const fast = measured.find((one) => one.rows === rows && one.server === targets[0]!.server)!
  console.log(
    `${rows} rows: p99 ${ours.p99.toFixed(1)} ms, ${ours.p99 <= fast.p99 ? 'no higher than' : 'HIGHER than'} FastAPI's ${fast.p99.toFixed(1)} ms; errors ${ours.errors}`,
  )
}
if (!values.quick) {
  writeFileSync(join(here, 'results.json'), `${JSON.stringify(results, null, 2)}\n`)
  const page = join(root, 'docs/operating.md')
  const marks = /(<!-- measured: serve -->\n)[\s\S]*?(\n<!-- end -->)/
  writeFileSync(
    page,
    readFileSync(page, 'utf8').replace(
      marks,
      (_all, start: string, end: string) => `${start}\n${table}\n${end}`,
    ),
  )
}
