import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeBatch } from './encode-batch.ts'
import { FrameBuilder } from './frame-builder.ts'
import { bytesOf, keepRows, type NumberBlock, numberBlocks, valuesOf } from './number-block.ts'
import { batchOf, type RowParts } from './store.contract.ts'

const row: fc.Arbitrary<RowParts> = fc
  .record({
    group: fc.constantFrom('a', 'b', 'c'),
    step: fc.constantFrom(undefined, 1, 2),
    reward: fc.constantFrom(null, 0, 1, 2.5),
    columns: fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.constantFrom(0, 1, null), { maxKeys: 3 }),
    logged: fc.dictionary(fc.constantFrom('k', 'l'), fc.integer(), { maxKeys: 2 }),
  })
  .map(({ group, step, reward, columns, logged }) => ({
    group,
    ...(step === undefined ? {} : { step }),
    columns: logged,
    scores: { reward, columns },
  }))
const batches = fc.array(fc.array(row, { maxLength: 6 }), { maxLength: 8 })

function blocksOf(rows: readonly (readonly RowParts[])[], cut: number): NumberBlock[] {
  let first = 0
  const placed = rows.map((list, index) => {
    const batch = encodeBatch(batchOf(`k${index}`, list))
    const entry = { batch, first }
    first += list.length
    return entry
  })
  return [...numberBlocks(placed.slice(0, cut)), ...numberBlocks(placed.slice(cut))]
}

const NONE = Number.NaN

describe('frames of numbers', () => {
  it('hold every number at its row, however the blocks were cut', () => {
    fc.assert(
      fc.property(batches, fc.nat(8), (rows, cut) => {
        const builder = new FrameBuilder(1000, {})
        for (const block of blocksOf(rows, cut)) builder.add(block)
        const frame = builder.finish()
        const flat = rows.flat()
        expect(frame.matching).toBe(flat.length)
        expect([...frame.sequence]).toEqual(flat.map((_, index) => index))
        expect([...frame.step]).toEqual(flat.map(({ step }) => step ?? NONE))
        expect([...frame.group].map((group) => frame.groupNames[group])).toEqual(
          flat.map(({ group }) => group),
        )
        for (const name of ['x', 'y', 'z']) {
          const column = frame.columns.get(name)
          if (column === undefined) continue
          expect([...column]).toEqual(flat.map(({ scores }) => scores?.columns?.[name] ?? NONE))
        }
        for (const name of ['k', 'l']) {
          const column = frame.columns.get(`logged/${name}`)
          if (column !== undefined)
            expect([...column]).toEqual(flat.map(({ columns }) => columns?.[name] ?? NONE))
        }
        const names = new Set(flat.flatMap(({ scores }) => Object.keys(scores?.columns ?? {})))
        for (const name of names) expect(frame.columns.has(name)).toBe(true)
      }),
    )
  })

  it('sample as many rows as asked for, in order, each at most once', () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: 1, max: 20 }), (rows, most) => {
        const builder = new FrameBuilder(most, { valid: true })
        for (const block of blocksOf(rows, 8)) builder.add(block)
        const frame = builder.finish()
        const valid = rows.flat().flatMap(({ scores }, index) => (scores?.reward === null ? [] : [index]))
        expect(frame.matching).toBe(valid.length)
        expect(frame.sequence).toHaveLength(Math.min(most, valid.length))
        const sequence = [...frame.sequence]
        expect(sequence).toEqual([...new Set(sequence)].toSorted((a, b) => a - b))
        for (const one of sequence) expect(valid).toContain(one)
      }),
    )
  })

  it('lose exactly the rows that are not kept', () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: 1, max: 5 }), (rows, every) => {
        for (const block of blocksOf(rows, 8)) {
          const left = keepRows(block, (sequence) => sequence % every === 0)
          const kept = [...block.values.subarray(0, block.rows)].filter((sequence) => sequence % every === 0)
          expect([...(left?.values.subarray(0, left.rows) ?? [])]).toEqual(kept)
        }
      }),
    )
  })

  it('come back from bytes wherever those lie', () => {
    const values = Float64Array.of(1, NONE, -0.5)
    const shifted = new Uint8Array(32)
    shifted.set(bytesOf(values), 3)
    expect(valuesOf(bytesOf(values))).toEqual(values)
    expect(valuesOf(shifted.subarray(3, 27))).toEqual(values)
  })

  it('do not fill a block with the columns of strangers', () => {
    const many = (prefix: string): RowParts => ({
      columns: Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${prefix}${index}`, index])),
    })
    const blocks = blocksOf([[many('a')], [many('a')], [many('b')], []], 4)
    expect(blocks.map(({ rows, names }) => [rows, names.length])).toEqual([
      [2, 43],
      [1, 43],
    ])
  })
})
