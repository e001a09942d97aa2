/** Needs Redis (REDIS_HOST, REDIS_PORT; default 127.0.0.1:6379); skipped where there is none. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import { afterAll, describe, expect, it } from 'vitest'
import { momentsOf } from '../../numerics/welford.ts'
import { openState } from './open-state.ts'
import { openRedisState } from './redis-state.ts'
import { momentsIn, seeing } from './seeing.contract.ts'
import { keepsState } from './state-store.contract.ts'

const host = process.env.REDIS_HOST ?? '127.0.0.1'
const port = Number(process.env.REDIS_PORT ?? 6379)
const url = `redis://${host}:${port}`
const admin = new Redis(url, { lazyConnect: true, retryStrategy: null })
admin.on('error', () => {})
const present = await admin.ping().then(
  () => true,
  () => false,
)
const suite = `test-${randomUUID()}`
let scopes = 0
const scope = () => ({ name: `${suite}-${scopes++}`, specDigest: 'd' })

afterAll(async () => {
  if (present) {
    const keys: string[] = []
    for await (const found of admin.scanStream({ match: `guerdon:{${suite}*`, count: 1000 }))
      keys.push(...found)
    for (let at = 0; at < keys.length; at += 1000) await admin.unlink(...keys.slice(at, at + 1000))
  }
  admin.disconnect()
})

describe.skipIf(!present)('Redis', () => {
  keepsState('Redis', async (replicas, initial, rememberSeconds) => {
    const shared = scope()
    return Promise.all(
      Array.from({ length: replicas }, () =>
        openRedisState({ url, scope: shared, initial, rememberSeconds }),
      ),
    )
  })

  it('is the same state for one spec only', async () => {
    const { name } = scope()
    const old = await openState({ redis: url, scope: { name, specDigest: 'old' } })
    const changed = await openState({ redis: url, scope: { name, specDigest: 'new' } })
    await old.move(['a'], seeing(1))
    expect(await changed.read()).toEqual({ state: {}, version: 0 })
    await Promise.all([old.close(), changed.close()])
  })

  it('loads its script again when Redis lost it', async () => {
    const state = await openRedisState({ url, scope: scope() })
    await state.move(['a'], seeing(1))
    await admin.script('FLUSH')
    expect(await state.move(['b'], seeing(2))).toMatchObject({ kind: 'moved', version: 2 })
    await state.close()
  })

  it('two processes of 2,000 moves, some of them the same, leave what one process leaves', async () => {
    const { name } = scope()
    const process_ = join(import.meta.dirname, 'moving-process.contract.ts')
    const run = (from: number, to: number) =>
      promisify(execFile)(process.execPath, [process_, url, name, String(from), String(to)])
    await Promise.all([run(0, 2000), run(1500, 3500)])
    const state = await openRedisState({ url, scope: { name, specDigest: 'd' } })
    const { state: left, version } = await state.read()
    await state.close()
    const all = Float64Array.from({ length: 3500 }, (_, number) => Math.sin(number))
    const expected = momentsOf(all, new Uint8Array(3500).fill(1))
    expect(version).toBe(3500)
    expect(momentsIn(left).count).toBe(3500)
    expect(Math.abs(momentsIn(left).mean - expected.mean)).toBeLessThan(1e-9)
    expect(Math.abs(momentsIn(left).squares / expected.squares - 1)).toBeLessThan(1e-9)
  })

  it('applies every move once while its connections are killed', async () => {
    const shared = scope()
    const replicas = await Promise.all([1, 2].map(() => openRedisState({ url, scope: shared })))
    let under = true
    let killed = 0
    const killing = (async () => {
      while (under) {
        const clients = String(await admin.call('CLIENT', 'LIST')).split('\n')
        const own = clients.filter((line) => line.includes(`name=guerdon-state:${shared.name} `))
        for (const line of own)
          killed += Number(await admin.call('CLIENT', 'KILL', 'ID', /id=(\d+)/.exec(line)![1]!))
        await new Promise((resolve) => setTimeout(resolve, 15))
      }
    })()
    const moves = Array.from({ length: 600 }, (_, number) =>
      replicas[number % 2]!.move([String(number)], seeing(number)),
    )
    const outcomes = await Promise.all(moves).finally(() => {
      under = false
    })
    await killing
    expect(killed).toBeGreaterThan(0)
    expect(outcomes.every(({ kind }) => kind === 'moved')).toBe(true)
    const { state, version } = await replicas[0]!.read()
    expect(version).toBe(600)
    expect(momentsIn(state)).toMatchObject({ count: 600, minimum: 0, maximum: 599 })
    await Promise.all(replicas.map((replica) => replica.close()))
  })

  it('notices its own move when the reply is lost after the script ran', async () => {
    let losing = false
    let lost = 0
    const sockets = new Set<Socket>()
    const proxy = createServer((client) => {
      const server = connect(port, host)
      for (const socket of [client, server]) {
        sockets.add(socket)
        socket.on('error', () => {})
        socket.on('close', () => {
          client.destroy()
          server.destroy()
        })
      }
      client.on('data', (bytes) => server.write(bytes))
      server.on('data', (bytes) => {
        if (losing && bytes.includes('moved')) {
          losing = false
          lost++
          client.destroy()
        } else client.write(bytes)
      })
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const { port: through } = proxy.address() as { port: number }
    const state = await openRedisState({ url: `redis://127.0.0.1:${through}`, scope: scope() })
    await state.move(['a'], seeing(1))
    losing = true
    expect(await state.move(['b'], seeing(3))).toMatchObject({ kind: 'moved', result: 2, version: 2 })
    expect(lost).toBe(1)
    losing = true
    expect(await state.move([], (before) => ({ state: before, answers: [], result: 0 }))).toMatchObject({
      kind: 'moved',
      version: 3,
    })
    expect(lost).toBe(2)
    await state.close()
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })
})

it('says so when Redis cannot be reached, without the password', async () => {
  const opening = openRedisState({ url: 'redis://:secret@127.0.0.1:1', scope: scope(), retries: 1 })
  await expect(opening).rejects.toThrow(/the state in redis:\/\/127\.0\.0\.1:1 cannot be reached/)
  await expect(opening).rejects.toMatchObject({ code: 'STORE_FAILED' })
  await expect(openState({ redis: 'localhost', scope: scope() })).rejects.toThrow(/address of Redis/)
})
