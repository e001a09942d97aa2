import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type RunningMoments, varianceOf } from '../numerics/welford.ts'
import { columnOf } from '../records/column.ts'
import { runningClip } from './running-clip.ts'
import { applyShaping, checkShaping } from './shaping.contract.ts'

checkShaping(runningClip)

test('values stay where they were or move to the nearer bound of what was seen', () => {
  const list = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1 })
  fc.assert(
    fc.property(list, list, fc.double({ min: 0.1, max: 3, noNaN: true }), (first, second, width) => {
      const { state: seen } = applyShaping(runningClip, { width }, columnOf(first))
      const { column, state } = applyShaping(runningClip, { width }, columnOf(second), { state: seen })
      const { mean } = state as RunningMoments
      const reach = width * Math.sqrt(varianceOf(state as RunningMoments))
      second.forEach((value, row) => {
        const clipped = column.values[row]!
        if (Math.abs(value - mean) <= reach) expect(clipped).toBe(value)
        else expect(clipped).toBe(value < mean ? mean - reach : mean + reach)
      })
    }),
  )
})

test('a second batch is clipped by both: 0, 2 and then 10', () => {
  const first = applyShaping(runningClip, {}, columnOf([0, 2]))
  const second = applyShaping(runningClip, {}, columnOf([10]), { state: first.state })
  // mean 4, biased variance (16 + 4 + 36)/3
  expect(second.column.values[0]).toBeCloseTo(4 + Math.sqrt(56 / 3), 14)
})
