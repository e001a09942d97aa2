import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { graphOf } from '../graph.ts'
import { input } from '../tensor.ts'
import { openSession } from './open-session.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guerdon-table-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const openFiles = (): number => readdirSync('/proc/self/fd').length

it('rows of a file are read, chosen rows too, and the file is closed with the session', async () => {
  const path = join(folder, 'rows.f32')
  writeFileSync(path, new Uint8Array(Float32Array.of(0, 1, 10, 11, 20, 21).buffer))
  const graph = graphOf({ y: input('x', [2, 2]).mul(2) })
  const before = openFiles()
  const session = await openSession(
    {
      functions: { double: { graph } },
      state: {},
      tables: {
        all: { path, shape: [3, 2], dtype: 'float32' },
        some: { path, shape: [2, 2], dtype: 'float32', rows: Int32Array.of(2, 0) },
      },
    },
    { worker: false },
  )
  const rows = Int32Array.of(1, 0)
  const all = await session.run('double', { x: { table: 'all', rows } })
  expect(Array.from(all.y!.values)).toEqual([20, 22, 0, 2])
  const some = await session.run('double', { x: { table: 'some', rows } })
  expect(Array.from(some.y!.values)).toEqual([0, 2, 40, 42])
  const outside = session.run('double', { x: { table: 'some', rows: Int32Array.of(0, 2) } })
  await expect(outside).rejects.toThrow('some has no row 2')
  await session.close()
  if (process.platform === 'linux') expect(openFiles()).toBeLessThanOrEqual(before)
})

it('a file that was cut off is an error and not zeros', async () => {
  const path = join(folder, 'short.f32')
  writeFileSync(path, new Uint8Array(6))
  const session = await openSession(
    {
      functions: { same: { graph: graphOf({ y: input('x', [1, 2]).add(0) }) } },
      state: {},
      tables: { short: { path, shape: [1, 2], dtype: 'float32' } },
    },
    { worker: false },
  )
  await expect(session.run('same', { x: { table: 'short', rows: Int32Array.of(0) } })).rejects.toThrow(
    'ends inside row 0',
  )
  await session.close()
})
