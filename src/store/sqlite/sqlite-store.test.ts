import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { openStore } from '../open-store.ts'
import { batchOf, storeContract } from '../store.contract.ts'
import type { Store } from '../store.ts'

const folder = mkdtempSync(join(tmpdir(), 'guerdon-sqlite-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let files = 0
const fresh = (): string => join(folder, `${files++}`, 'store.sqlite')
const newRun = { id: 'run', reward: 'r', spec: { name: 'r' }, specDigest: 'd', heldBack: [] }

storeContract('SQLite store', async () => ({ url: `sqlite:${fresh()}`, async dispose() {} }))

/** Runs a program that appends batches, in a process of its own. */
function writer(path: string, code: string, before = '') {
  const here = JSON.stringify(import.meta.dirname)
  const program = `
    const { openStore } = await import(${here} + '/../open-store.ts')
    const store = await openStore(${JSON.stringify(path)})
    await store.openRun(${JSON.stringify(newRun)})
    const batch = (key) => ({ ...${JSON.stringify(batchOf('KEY', [{}]))}, key, id: 'b_' + key, contentDigest: String(process.pid) })
    ${code}`
  return spawn(
    '/bin/sh',
    ['-c', `${before}exec "$0" --input-type=module --eval "$1"`, process.execPath, program],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
}

async function rowsOf(store: Store): Promise<number[]> {
  const rows: number[] = []
  for await (const piece of store.export('run')) rows.push(...piece.map(({ sequence }) => sequence))
  return rows
}

describe('a SQLite file', () => {
  it('is written by two processes, each key once', async () => {
    const path = fresh()
    const code = `
      const outcomes = await Promise.all(Array.from({ length: 300 }, (_, key) => store.append([batch('k' + key)])))
      console.log(outcomes.flat().filter(({ kind }) => kind === 'stored').length)
      await store.close()`
    const processes = [writer(path, code), writer(path, code)]
    const stored = await Promise.all(
      processes.map(async (process) => {
        let text = ''
        process.stdout.on('data', (piece) => {
          text += piece
        })
        const [exit] = await once(process, 'close')
        expect(exit).toBe(0)
        return Number(text)
      }),
    )
    expect(stored[0]! + stored[1]!).toBe(300)
    const store = await openStore(path)
    expect(await rowsOf(store)).toEqual(Array.from({ length: 300 }, (_, index) => index))
    await store.close()
  })

  it('holds every acknowledged batch after its writer was killed', async () => {
    const path = fresh()
    const process = writer(
      path,
      `for (let key = 0; ; key++) { await store.append([batch('k' + key)]); process.stdout.write(key + '\\n') }`,
    )
    let text = ''
    process.stdout.on('data', (piece) => {
      text += piece
      if (text.split('\n').length > 30) process.kill('SIGKILL')
    })
    await once(process, 'close')
    const acknowledged = text.slice(0, text.lastIndexOf('\n')).split('\n')
    expect(acknowledged.length).toBeGreaterThanOrEqual(30)
    const store = await openStore(path)
    for (const key of acknowledged) expect(await store.find('run', `k${key}`)).toBeDefined()
    // Found at once, and readable: what the killed process had not settled is settled now.
    const rows = await rowsOf(store)
    expect(rows.length).toBeGreaterThanOrEqual(acknowledged.length)
    expect(rows).toEqual(rows.map((_, index) => index))
    expect((await store.numbers('run', {}, { most: 1e6 })).matching).toBe(rows.length)
    await store.close()
  })

  it('shows at once what another store was acknowledged', async () => {
    const path = fresh()
    const [first, second] = [await openStore(path), await openStore(path)]
    await first.openRun(newRun)
    for (let key = 0; key < 5; key++) {
      await first.append([batchOf(`k${key}`, [{}, {}])])
      expect(await second.find('run', `k${key}`)).toMatchObject({ id: `b_k${key}` })
      const { rows } = await second.rows('run', {}, { order: 'newest', limit: 1 })
      expect(rows[0]).toMatchObject({ sequence: 2 * key + 1, batch: `b_k${key}` })
    }
    await second.countRepeat('run', 'b_k3')
    expect((await first.row('run', 6))?.repeats).toBe(1)
    await Promise.all([first.close(), second.close()])
  })

  it('searches and pages through many lumps while it is written', async () => {
    const path = fresh()
    const store = await openStore(path)
    await store.openRun(newRun)
    const rows = 7000
    const writing = Promise.all(
      Array.from({ length: 70 }, (_, key) =>
        store.append([
          batchOf(
            `k${key}`,
            Array.from({ length: 100 }, (_, row) => ({
              completion: `answer ${key * 100 + row}.`,
              scores: { reward: ((key * 100 + row) * 31) % 997 },
            })),
          ),
        ]),
      ),
    )
    await store.rows('run', {}, { order: 'oldest', limit: 3 })
    await writing
    const found = await store.rows('run', { text: 'ANSWER 6999.' }, { order: 'oldest', limit: 5 })
    expect(found).toMatchObject({ rows: [{ rollout: { completion: 'answer 6999.' } }], next: null })
    expect(await rowsOf(store)).toEqual(Array.from({ length: rows }, (_, index) => index))
    const seen = new Set<number>()
    let least = Number.NEGATIVE_INFINITY
    for (let after: string | null | undefined; after !== null; ) {
      const page = await store.rows('run', {}, { order: 'lowest-reward', limit: 500, after })
      for (const { sequence, scores } of page.rows) {
        expect(scores.reward).toBeGreaterThanOrEqual(least)
        least = scores.reward!
        seen.add(sequence)
      }
      after = page.next
    }
    expect(seen.size).toBe(rows)
    await store.close()
  })

  it('is left as it is when it is no store', async () => {
    const text = fresh()
    await (await openStore(text)).close()
    const foreign = join(folder, 'foreign.sqlite')
    const other = new DatabaseSync(foreign)
    other.exec('CREATE TABLE theirs (a)')
    other.close()
    const notes = join(folder, 'notes.txt')
    writeFileSync(notes, 'some notes that are long enough')
    for (const [path, reason] of [
      [foreign, /SQLite file of another program/],
      [notes, /no SQLite file/],
      [folder, /folder/],
    ] as const) {
      const before = path === folder ? '' : readFileSync(path, 'latin1')
      await expect(openStore(path)).rejects.toMatchObject({
        code: 'STORE_FAILED',
        message: expect.stringMatching(reason),
      })
      if (path !== folder) expect(readFileSync(path, 'latin1')).toBe(before)
    }
    expect(readdirSync(folder).filter((name) => /^(foreign|notes)/.test(name))).toEqual([
      'foreign.sqlite',
      'notes.txt',
    ])
  })

  it('is refused when a newer program wrote it', async () => {
    const path = fresh()
    await (await openStore(path)).close()
    const database = new DatabaseSync(path)
    database.exec('PRAGMA user_version = 99')
    database.close()
    await expect(openStore(path)).rejects.toMatchObject({
      code: 'STORE_FAILED',
      message: expect.stringMatching(/newer Guerdon \(version 99/),
    })
  })

  it('can be made by many at once', async () => {
    const path = fresh()
    const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(path)))
    await Promise.all(stores.map((store) => store.openRun(newRun)))
    expect(await stores[0]!.runs()).toHaveLength(1)
    await Promise.all(stores.map((store) => store.close()))
  })

  it('gives space back when rows are forgotten', async () => {
    const path = fresh()
    const store = await openStore(path)
    await store.openRun(newRun)
    const text = 'a long completion '.repeat(300)
    for (let key = 0; key < 20; key++) {
      await store.append([
        batchOf(
          `k${key}`,
          Array.from({ length: 50 }, (_, row) => ({ completion: `${text}${row}` })),
        ),
      ])
    }
    expect(await store.prune({ maximumRows: 100 })).toBe(900)
    await store.close()
    expect(statSync(path).size).toBeLessThan(2_000_000)
  })

  it('says that it does not fit, keeps what it acknowledged, and goes on when there is room', async () => {
    const path = fresh()
    // A limit on the size of files is met like the end of the disk.
    const process = writer(
      path,
      `const text = 'x'.repeat(100_000)
      for (let key = 0; ; key++) {
        const one = batch('k' + key)
        one.rollouts[0].completion = text + key
        try {
          await store.append([one])
          console.log(key)
        } catch (error) {
          console.log(error.toString())
          break
        }
      }
      await store.close()`,
      'ulimit -f 8000; ',
    )
    let text = ''
    process.stdout.on('data', (piece) => {
      text += piece
    })
    await once(process, 'close')
    const lines = text.trim().split('\n')
    expect(lines.pop()).toMatch(/^STORE_FAILED .*store\.sqlite: the store could not do it: /)
    expect(lines.length).toBeGreaterThan(5)
    const store = await openStore(path)
    await store.append([batchOf('after', [{}])])
    expect(await rowsOf(store)).toEqual([...lines.map(Number), lines.length])
    await store.close()
  })
})

describe('a store in memory', () => {
  it('works and is gone when it is closed', async () => {
    const store = await openStore('sqlite::memory:')
    await store.openRun(newRun)
    await store.append([batchOf('a', [{}, {}])])
    expect(await store.find('run', 'a')).toMatchObject({ id: 'b_a' })
    expect(await rowsOf(store)).toEqual([0, 1])
    await store.close()
    const next = await openStore('sqlite::memory:')
    expect(await next.runs()).toEqual([])
    await next.close()
  })
})

describe('openStore', () => {
  it.each(['mysql://user:secret@host/x', 'http://x', 'sqlite:', ''])('refuses %s', async (url) => {
    const refused = openStore(url)
    await expect(refused).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' })
    await expect(refused).rejects.not.toThrow(/secret/)
  })
})
