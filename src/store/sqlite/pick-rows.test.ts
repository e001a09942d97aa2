import type { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { numberBlocks } from '../number-block.ts'
import type { RowFilter, RowOrder } from '../store.ts'
import { BlockTable } from './block-table.ts'
import { IN_MEMORY, openForWriting } from './open-database.ts'
import { type PickedRow, RowPicker } from './pick-rows.ts'

interface Row {
  readonly reward: number | null
  readonly step: number | null
  readonly group: string
}

let database: DatabaseSync
beforeEach(() => {
  database = openForWriting(IN_MEMORY)
})
afterEach(() => database.close())

const RUN = 3
const BLOCK = 5

/** Blocks of different columns, so that none are joined. */
function store(rows: readonly Row[]): void {
  const blocks = new BlockTable(database)
  database.exec('DELETE FROM blocks')
  for (let first = 0; first < rows.length; first += BLOCK) {
    const own = rows.slice(first, first + BLOCK)
    const [numbers] = numberBlocks([
      {
        first,
        batch: {
          ids: own.map(() => 'id'),
          groups: own.map(({ group }) => group),
          steps: own.map(({ step }) => step),
          names: ['reward', `of ${first}`],
          numbers: [...own.map(({ reward }) => reward ?? Number.NaN), ...own.map(() => 1)],
        },
      },
    ])
    blocks.append(RUN, {
      numbers: numbers!,
      batches: Float64Array.from(own, (_, row) => first + row + 100),
      ids: Uint32Array.from(own, () => 1),
    })
  }
}

/** The same, the plain way. */
function expected(
  rows: readonly Row[],
  { fromStep, toStep, group }: RowFilter,
  order: 'lowest-reward' | 'highest-reward',
  after: PickedRow | undefined,
): PickedRow[] {
  const sign = order === 'lowest-reward' ? 1 : -1
  const before = (a: PickedRow, b: PickedRow): number =>
    sign * (a.reward! - b.reward!) || sign * (a.sequence - b.sequence)
  return rows
    .map((row, sequence) => ({ ...row, sequence }))
    .filter(({ reward }) => reward !== null)
    .filter(({ step }) => fromStep === undefined || (step !== null && step >= fromStep))
    .filter(({ step }) => toStep === undefined || (step !== null && step <= toStep))
    .filter((row) => group === undefined || row.group === group)
    .map(({ reward, sequence }) => ({ reward, sequence, batch: sequence + 100 }))
    .sort(before)
    .filter((row) => after === undefined || before(row, after) > 0)
}

describe('picking rows from many blocks', () => {
  const row = fc.record({
    reward: fc.constantFrom(null, -1, 0, 0.25, 1),
    step: fc.constantFrom(null, 1, 2, 3),
    group: fc.constantFrom('g', 'h"', '\\i'),
  })
  const filter = fc.record({
    fromStep: fc.constantFrom(undefined, 2, 9),
    toStep: fc.constantFrom(undefined, 2),
    group: fc.constantFrom(undefined, 'g', 'h"', '\\i', 'none'),
  })

  it.each(['lowest-reward', 'highest-reward'] as const)('goes on page by page in the order %s', (order) => {
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 40 }),
        filter,
        fc.integer({ min: 1, max: 8 }),
        (rows, conditions, limit) => {
          store(rows)
          const picker = new RowPicker(database)
          let after: PickedRow | undefined
          for (;;) {
            const page = picker.pick(RUN, conditions, order, { invalid: false, after }, limit)
            expect(page).toEqual(expected(rows, conditions, order, after).slice(0, limit))
            if (page.length < limit) break
            after = page.at(-1)!
          }
        },
      ),
    )
  })

  it.each(['newest', 'oldest'] as const)(
    'stops and goes on inside a block in the order %s',
    (order: RowOrder) => {
      fc.assert(
        fc.property(
          fc.array(row, { maxLength: 30 }),
          fc.constantFrom(undefined, true, false),
          (rows, valid) => {
            store(rows)
            const picker = new RowPicker(database)
            const found: number[] = []
            let after: PickedRow | undefined
            for (;;) {
              const page = picker.pick(RUN, { valid }, order, { invalid: false, after }, 3)
              found.push(...page.map(({ sequence }) => sequence))
              if (page.length < 3) break
              after = page.at(-1)!
            }
            const all = rows.flatMap(({ reward }, sequence) =>
              valid === undefined || (reward !== null) === valid ? [sequence] : [],
            )
            expect(found).toEqual(order === 'oldest' ? all : all.reverse())
          },
        ),
      )
    },
  )

  it('finds a row by its sequence, and none of another run', () => {
    store([
      { reward: 1, step: null, group: 'g' },
      { reward: null, step: 2, group: 'g' },
    ])
    const picker = new RowPicker(database)
    expect(picker.at(RUN, 1)).toEqual({ sequence: 1, reward: null, batch: 101 })
    expect(picker.at(RUN, 2)).toBeUndefined()
    expect(picker.at(RUN + 1, 1)).toBeUndefined()
    expect(picker.at(RUN - 1, 1)).toBeUndefined()
  })
})
