import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Column, columnOf, raggedColumnOf } from '../../records/column.ts'
import { columnsOf, verdictOf } from './verdict-rows.ts'

const entry = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }))

function shown({ grain, values, valid, offsets, reasons }: Column): unknown {
  const said = Array.from(values, (_, index) => reasons?.[index] ?? null)
  return { grain, values: [...values], valid: [...valid], offsets: offsets && [...offsets], said }
}

describe('verdicts', () => {
  it('put together again give the columns they were cut from, in any order of rows', () => {
    const row = fc.record({ plain: entry, steps: fc.array(entry, { maxLength: 3 }), place: fc.nat() })
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
        const columnsFor = (some: typeof rows): Column[] => [
          columnOf(
            some.map(({ plain }) => plain),
            'no number',
          ),
          raggedColumnOf(
            'step',
            some.map(({ steps }) => steps),
            'no step',
          ),
        ]
        const verdicts = rows.map((_, index) => verdictOf(columnsFor(rows), index))
        const order = [...rows.keys()].sort((a, b) => rows[a]!.place - rows[b]!.place)
        const joined = columnsOf(
          order.map((index) => verdicts[index]!),
          ['rollout', 'step'],
        )
        expect(joined.map(shown)).toEqual(columnsFor(order.map((index) => rows[index]!)).map(shown))
      }),
    )
  })
})
