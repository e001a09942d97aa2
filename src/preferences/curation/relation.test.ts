/** One contract, two back ends. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { RandomStream } from '../../numerics/random.ts'
import { duckDbRelations, loadDuckDb } from './duckdb-relation.ts'
import { memoryRelations } from './memory-relation.ts'
import { type Relation, type Relations, repeatedRuns, SortedCursor } from './relation.ts'

const hasDuckDb = await loadDuckDb().then(
  () => true,
  () => false,
)
if (!hasDuckDb) console.warn('@duckdb/node-api is not installed: the contract of its relations is not tested')

async function rowsOf(relation: Relation, repeated?: number): Promise<number[][]> {
  const rows: number[][] = []
  for await (const { size, columns } of relation.sorted(repeated))
    for (let row = 0; row < size; row++) rows.push(columns.map((column) => column[row]!))
  return rows
}

const backEnds: [string, boolean, () => Promise<Relations>][] = [
  ['memory', true, async () => memoryRelations()],
  ['duckdb', hasDuckDb, () => duckDbRelations()],
]

for (const [name, isThere, open] of backEnds) {
  describe.skipIf(!isThere)(`relations in ${name}`, () => {
    test('come back in the order of their columns, as often as they are read, with all 53 bits', async () => {
      await using relations = await open()
      const relation = await relations.open('numbers', 3)
      const random = new RandomStream(4)
      const rows = Array.from({ length: 5000 }, (_, row) => [random.below(60), random.below(3), row])
      rows.push([2 ** 53 - 1, -0.5, 1], [2 ** 53 - 2, 1e-300, 2])
      for (const row of rows) relation.append(row)
      expect(relation.size).toBe(rows.length)
      const expected = [...rows].sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]! || a[2]! - b[2]!)
      expect(await rowsOf(relation)).toEqual(expected)
      expect(await rowsOf(relation)).toEqual(expected)
      expect(await rowsOf(relation, 1)).toEqual(expected.slice(0, -2))
    })

    test('bytes stay with their rows', async () => {
      await using relations = await open()
      const relation = await relations.open('texts', 1, true)
      const shared = new Uint8Array(4000)
      for (let row = 0; row < 3000; row++) {
        const size = (row * 7) % 40
        shared.fill(row % 256)
        relation.append([2999 - row], shared.subarray(0, size))
      }
      let seen = 0
      for await (const batch of relation.sorted()) {
        for (let at = 0; at < batch.size; at++) {
          const row = 2999 - batch.columns[0]![at]!
          expect(Array.from(batch.bytes(at))).toEqual(new Array((row * 7) % 40).fill(row % 256))
          seen++
        }
      }
      expect(seen).toBe(3000)
    })

    test('runs of equal keys are whole, and single rows are passed over', async () => {
      await using relations = await open()
      const relation = await relations.open('keys', 3)
      for (const [a, b, row] of [
        [1, 1, 0],
        [1, 2, 1],
        [2, 5, 2],
        [1, 1, 3],
        [2, 5, 4],
        [2, 5, 5],
        [3, 3, 6],
      ])
        relation.append([a!, b!, row!])
      for (let row = 10; row < 500; row++) relation.append([9, 9, row])
      const runs: number[][] = []
      for await (const { size, columns } of repeatedRuns(relation, 2))
        runs.push(Array.from(columns[2]!.subarray(0, size)))
      expect(runs).toEqual([[0, 3], [2, 4, 5], Array.from({ length: 490 }, (_, index) => index + 10)])
    })

    test('empty ones have no rows, and two are read side by side', async () => {
      await using relations = await open()
      const empty = await relations.open('nothing', 2)
      expect(await rowsOf(empty, 1)).toEqual([])
      const one = await relations.open('one', 1)
      const two = await relations.open('two', 1)
      for (let row = 5000; row > 0; row--) {
        one.append([row])
        two.append([row])
      }
      const [left, right] = [new SortedCursor(one), new SortedCursor(two)]
      let rows = 0
      while ((await left.ready()) && (await right.ready())) {
        expect(left.value(0)).toBe(right.value(0))
        left.step()
        right.step()
        rows++
      }
      expect(rows).toBe(5000)
    })
  })
}

test.skipIf(!hasDuckDb)('a database leaves nothing behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'guerdon-relation-test-'))
  try {
    const relations = await duckDbRelations({ folder, memory: '200MB', threads: 1 })
    const relation = await relations.open('rows', 1)
    relation.append([1])
    expect(readdirSync(folder)).toHaveLength(1)
    await relations[Symbol.asyncDispose]()
    expect(readdirSync(folder)).toEqual([])
    expect(existsSync(folder)).toBe(true)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
