import fc from 'fast-check'
import { expect, test } from 'vitest'
import { raggedColumnOf } from '../records/column.ts'
import { checkShaping, shape } from './shaping.contract.ts'
import { stepReturns, stepTotals } from './step-returns.ts'

checkShaping(stepReturns)

test('neighbouring returns differ by α·r; the last one adds the outcome', () => {
  const lists = fc.array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1 }), {
    minLength: 1,
  })
  fc.assert(
    fc.property(lists, fc.double({ min: 0, max: 2, noNaN: true }), (column, coefficient) => {
      const success = column.map((_, row) => row % 2)
      const returns = shape(
        stepReturns,
        { coefficient, success: 'correct' },
        { grain: 'step', column, inputs: { success } },
      ) as number[][]
      column.forEach((list, row) => {
        list.forEach((reward, step) => {
          const next = returns[row]![step + 1] ?? success[row]!
          expect(Math.abs(returns[row]![step]! - next - coefficient * reward)).toBeLessThan(1e-12)
        })
      })
    }),
  )
})

test('totals add the steps of each rollout; a missing step makes the rollout invalid', () => {
  const totals = stepTotals(raggedColumnOf('step', [[1, 2], [], [5, null]], 'step judge failed'))
  expect(Array.from(totals.values)).toEqual([3, 0, 0])
  expect(Array.from(totals.valid)).toEqual([1, 1, 0])
  expect(totals.reasons?.[2]).toBe('step judge failed')
})
