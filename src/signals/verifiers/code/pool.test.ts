import { afterEach, expect, test } from 'vitest'
import { SandboxPool } from './pool.ts'
import { openSandbox, workerFile } from './sandbox.ts'
import { webAssembly } from './web-assembly.ts'

const LIMITS = { memoryBytes: 64 * 2 ** 20, outputBytes: 1000 }
const LOOP = { source: 'for (;;) {}' }
const HONEST = { source: 'console.log(6 * 7)' }

const pools: SandboxPool[] = []
const open = async (size: number) => {
  const pool = await openSandbox('javascript', size, LIMITS)
  pools.push(pool)
  return pool
}
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close()
})

test('runs wait for a free worker, and waiting does not count against them', async () => {
  const pool = await open(1)
  const started = performance.now()
  const [first, second] = await Promise.all([pool.run(LOOP, 700), pool.run(HONEST, 5000)])
  expect(first).toMatchObject({ end: 'time-limit', reason: 'ran longer than 0.7 s' })
  expect(second).toMatchObject({ end: 'finished', stdout: '42\n' })
  expect(second.milliseconds).toBeLessThan(performance.now() - started)
  expect(first.milliseconds).toBeGreaterThanOrEqual(690)
})

test('an aborted run is rejected, its worker replaced, and others go on', async () => {
  const pool = await open(1)
  await pool.run(HONEST, 5000)
  const abort = new AbortController()
  const running = pool.run(LOOP, 60_000, abort.signal)
  const waiting = pool.run(LOOP, 60_000, abort.signal)
  const other = pool.run(HONEST, 5000)
  setTimeout(() => abort.abort(), 50)
  await expect(running).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
  await expect(waiting).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
  expect(await other).toMatchObject({ stdout: '42\n' })
  await expect(pool.run(HONEST, 5000, abort.signal)).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
})

test('closing rejects what runs and what waits', async () => {
  const pool = await open(1)
  const runs = [pool.run(LOOP, 60_000), pool.run(HONEST, 60_000)]
  const results = Promise.allSettled(runs)
  await pool.close()
  for (const result of await results) {
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'RUN_CANCELLED' } })
  }
  await expect(pool.run(HONEST, 1000)).rejects.toMatchObject({ code: 'RUN_CANCELLED' })
})

test('workers that cannot start fail the runs instead of leaving them waiting', async () => {
  // (module) without anything: no interpreter can be made of it.
  const empty = await webAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))
  const setup = { limits: LIMITS, module: empty, directory: '/' }
  const pool = new SandboxPool({ size: 1, file: workerFile('javascript-worker'), setup })
  pools.push(pool)
  await expect(pool.run(HONEST, 5000)).rejects.toMatchObject({ code: 'SANDBOX_FAILED' })
})

test('a language whose package is missing says what to install', async () => {
  const none = () => {
    throw new Error('not found')
  }
  await expect(openSandbox('python', 1, LIMITS, none)).rejects.toMatchObject({
    code: 'PACKAGE_MISSING',
    message: expect.stringContaining('npm install pyodide'),
  })
})

test('workers run from sources in a checkout and from JavaScript in a build', () => {
  expect(workerFile('python-worker', 'file:///a/src/sandbox.ts').href).toBe('file:///a/src/python-worker.ts')
  expect(workerFile('python-worker', 'file:///a/dist/sandbox.js').href).toBe(
    'file:///a/dist/python-worker.js',
  )
})
