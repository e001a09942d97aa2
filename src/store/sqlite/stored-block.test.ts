import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FIXED_COLUMNS } from '../number-block.ts'
import {
  joinBlocks,
  limitsOf,
  readRowIndex,
  type StoredBlock,
  withoutBatches,
  writeRowIndex,
} from './stored-block.ts'

interface Row {
  readonly sequence: number
  readonly step: number
  readonly group: string
  readonly reward: number
  readonly batch: number
  readonly id: number
}

function blockOf(rows: readonly Row[]): StoredBlock {
  const groups = [...new Set(rows.map(({ group }) => group))]
  const columns = [
    rows.map(({ sequence }) => sequence),
    rows.map(({ step }) => step),
    rows.map(({ group }) => groups.indexOf(group)),
    rows.map(({ reward }) => reward),
  ]
  return {
    numbers: { rows: rows.length, names: ['reward'], groups, values: Float64Array.from(columns.flat()) },
    batches: Float64Array.from(rows, ({ batch }) => batch),
    ids: Uint32Array.from(rows, ({ id }) => id),
  }
}

function rowsOf({ numbers, batches, ids }: StoredBlock): Row[] {
  const { rows, groups, values } = numbers
  return Array.from({ length: rows }, (_, row) => ({
    sequence: values[row]!,
    step: values[rows + row]!,
    group: groups[values[2 * rows + row]!]!,
    reward: values[FIXED_COLUMNS * rows + row]!,
    batch: batches[row]!,
    id: ids[row]!,
  }))
}

const number = fc.constantFrom(Number.NaN, -1, 0, 0.5, 7)
const rows = fc
  .array(
    fc.record({
      step: number,
      group: fc.constantFrom('g', 'h', 'i'),
      reward: number,
      batch: fc.integer({ min: 1, max: 4 }),
      id: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((list) => list.map((row, sequence): Row => ({ sequence, ...row })))

describe('a block of rows', () => {
  it('joined from two holds the rows of both', () => {
    fc.assert(
      fc.property(rows, rows, (first, second) => {
        expect(rowsOf(joinBlocks(blockOf(first), blockOf(second)))).toEqual([...first, ...second])
      }),
    )
  })

  it('loses the rows of forgotten batches and no others', () => {
    fc.assert(
      fc.property(rows, fc.uniqueArray(fc.integer({ min: 1, max: 4 })), (list, gone) => {
        const left = withoutBatches(blockOf(list), new Set(gone))
        expect(left === undefined ? [] : rowsOf(left)).toEqual(
          list.filter(({ batch }) => !gone.includes(batch)),
        )
      }),
    )
  })

  it('is picked from by what its index says', () => {
    fc.assert(
      fc.property(rows, (list) => {
        const block = blockOf(list)
        const index = readRowIndex(writeRowIndex(block))
        const read = list.map((_, row) => ({
          sequence: index.sequences[row],
          step: index.steps[row],
          group: block.numbers.groups[index.groups[row]!],
          reward: index.rewards[row],
          batch: index.batches[row],
          id: index.ids[row],
        }))
        expect(read).toEqual(list)
      }),
    )
  })

  it('knows the limits of its rewards and steps', () => {
    const row = { sequence: 0, group: 'g', batch: 1, id: 1 }
    const block = blockOf([
      { ...row, step: Number.NaN, reward: 2 },
      { ...row, step: Number.NaN, reward: Number.NaN },
      { ...row, step: Number.NaN, reward: -3 },
    ])
    expect(limitsOf(block)).toEqual({
      validCount: 2,
      leastReward: -3,
      largestReward: 2,
      leastStep: null,
      largestStep: null,
    })
  })
})
