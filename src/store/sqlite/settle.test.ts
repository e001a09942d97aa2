import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { batchOf, type RowParts } from '../store.contract.ts'
import { type BatchPart, encodeLines } from './batch-lines.ts'
import { KeyTail } from './key-tail.ts'
import { AnswerLookup } from './lookup.ts'
import { IN_MEMORY, openForWriting } from './open-database.ts'
import { prunePiece } from './prune.ts'
import { SqliteReader } from './read.ts'
import { LUMP_ROWS, Settler } from './settle.ts'
import { SqliteWriter } from './write.ts'

let database: DatabaseSync
let writer: SqliteWriter
let settler: Settler

beforeEach(() => {
  database = openForWriting(IN_MEMORY)
  writer = new SqliteWriter(database, new KeyTail(database))
  settler = new Settler(database)
  const run = { id: 'run', reward: 'r', spec: '{}', specDigest: 'd', heldBack: '[]', startedAt: 0 }
  writer.write([{ kind: 'open-run', run }])
})
afterEach(() => database.close())

function append(key: string, rows: readonly RowParts[]): void {
  const parts: BatchPart[] = []
  encodeLines(parts, batchOf(key, rows))
  expect(writer.write([{ kind: 'append', parts }])).toEqual([null])
}

function settleAll(): number {
  let lumps = 0
  for (; settler.isBehind; lumps++) settler.settleLump()
  while (settler.isKeyBehind) settler.settleKeys()
  return lumps
}

const count = (table: string): number =>
  database.prepare(`SELECT count(*) AS count FROM ${table}`).get()!.count as number

const sequences = (): number[] => [...new SqliteReader(database).numbers('run', {}, 1e6).sequence]

describe('settling', () => {
  it('takes a lump at a time, in the order of storing, and then nothing', () => {
    for (let key = 0; key < 3; key++) append(`k${key}`, new Array(LUMP_ROWS / 2 + 1).fill({}))
    expect(settler.isBehind).toBe(true)
    expect(settleAll()).toBe(2)
    settler.settleLump()
    expect(sequences()).toEqual(Array.from({ length: 3 * (LUMP_ROWS / 2 + 1) }, (_, index) => index))
  })

  it('joins rows that come one by one into few blocks', () => {
    for (let key = 0; key < 300; key++) {
      append(`k${key}`, [{ group: `g${key % 7}`, columns: { place: key } }])
      settleAll()
    }
    expect(count('blocks')).toBeLessThan(12)
    const frame = new SqliteReader(database).numbers('run', {}, 1e6)
    expect([...frame.sequence]).toEqual(Array.from({ length: 300 }, (_, key) => key))
    expect([...frame.columns.get('logged/place')!]).toEqual([...frame.sequence])
    expect([...frame.group].map((group) => frame.groupNames[group])).toEqual(
      Array.from({ length: 300 }, (_, key) => `g${key % 7}`),
    )
  })

  it('keeps apart what rows of different columns name', () => {
    for (let key = 0; key < 150; key++) append(`k${key}`, [{ columns: { [`only ${key}`]: key } }, {}])
    append('empty', [])
    settleAll()
    const { columns } = new SqliteReader(database).numbers('run', {}, 1e6)
    for (let key = 0; key < 150; key++) {
      const named = [...columns.get(`logged/only ${key}`)!.entries()].filter(
        ([, value]) => !Number.isNaN(value),
      )
      expect(named).toEqual([[2 * key, key]])
    }
  })

  it('counts the characters of a completion in messages', () => {
    append('m', [{ completion: [{ role: 'assistant', content: 'four' }] }, { completion: '😀' }])
    settleAll()
    expect([...new SqliteReader(database).numbers('run', {}, 9).columns.get('length')!]).toEqual([4, 2])
  })

  it('leaves keys that are found by a connection that never saw them come', () => {
    append('a', [{}])
    settleAll()
    append('b', [{}, {}])
    settler.settleLump()
    const answers = new AnswerLookup(database, new KeyTail(database))
    expect(answers.find('run', 'a', 0)).toMatchObject({ id: 'b_a', rows: [expect.any(String)] })
    expect(answers.find('run', 'b', 0)).toMatchObject({ id: 'b_b', rows: { length: 2 } })
    expect(answers.find('run', 'c', 0)).toBeUndefined()
  })

  it('never names a later batch as settled when all before were forgotten', () => {
    append('a', [{}, {}])
    settleAll()
    expect(prunePiece(database, 0, null)).toEqual({ rows: 2, more: true })
    expect([count('batches'), count('keys'), count('blocks')]).toEqual([0, 0, 0])
    append('a', [{}])
    expect(settleAll()).toBe(1)
    expect(sequences()).toEqual([2])
  })

  it('is what a batch has to have behind it before it is forgotten', () => {
    append('a', [{}])
    expect(prunePiece(database, 0, Number.POSITIVE_INFINITY)).toEqual({ rows: 0, more: false })
    expect(count('batches')).toBe(1)
  })
})
