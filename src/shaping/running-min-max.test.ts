import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnOf } from '../records/column.ts'
import { runningMinMax, scaleToRange } from './running-min-max.ts'
import { applyShaping, checkShaping } from './shaping.contract.ts'

checkShaping(runningMinMax)

test('inside [0, 1], whatever came before; the extremes of all batches get 0 and 1', () => {
  const list = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 })
  fc.assert(
    fc.property(list, list, (first, second) => {
      const { state } = applyShaping(runningMinMax, {}, columnOf(first))
      const { column } = applyShaping(runningMinMax, {}, columnOf(second), { state })
      const all = [...first, ...second]
      const least = Math.min(...all)
      const greatest = Math.max(...all)
      second.forEach((value, row) => {
        const scaled = column.values[row]!
        expect(scaled).toBeGreaterThanOrEqual(0)
        expect(scaled).toBeLessThanOrEqual(1)
        if (least < greatest && value === least) expect(scaled).toBe(0)
        if (least < greatest && value === greatest) expect(scaled).toBe(1)
      })
    }),
  )
})

test('rewards beyond ten thousand are not lost, and equal ones are flagged', () => {
  const { column } = applyShaping(runningMinMax, {}, columnOf([20_000, 60_000, 40_000]))
  expect(Array.from(column.values)).toEqual([0, 1, 0.5])
  const equal = applyShaping(runningMinMax, {}, columnOf([7, null])).column
  expect(equal.values[0]).toBe(0.5)
  expect(equal.valid[0]).toBe(1)
  expect(equal.reasons).toEqual(['all rewards equal so far', 'no value'])
})

test('a range wider than the doubles leaves no infinity', () => {
  const { column } = applyShaping(runningMinMax, {}, columnOf([-1.7e308, 1.7e308]))
  expect(column.values.every(Number.isFinite)).toBe(true)
  expect(scaleToRange(Float64Array.of(3), Uint8Array.of(1), 2, 6)).toEqual(Float64Array.of(0.25))
})
