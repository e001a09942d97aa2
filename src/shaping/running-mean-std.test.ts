import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NO_MOMENTS, varianceOf } from '../numerics/welford.ts'
import { columnOf } from '../records/column.ts'
import { runningMeanStd, standardise } from './running-mean-std.ts'
import { applyShaping, checkShaping } from './shaping.contract.ts'

checkShaping(runningMeanStd)

const batches = fc.array(
  fc.array(fc.option(fc.double({ min: -100, max: 100, noNaN: true })), { maxLength: 8 }),
  {
    minLength: 1,
    maxLength: 5,
  },
)

test('the state after any batches holds the moments of all their valid entries, also through JSON', () => {
  fc.assert(
    fc.property(batches, (lists) => {
      let state: unknown
      for (const list of lists) {
        const result = applyShaping(runningMeanStd, {}, columnOf(list), { state })
        state = JSON.parse(JSON.stringify(result.state))
        expect(state).toEqual(result.state)
      }
      const seen = lists.flat().filter((value) => value !== null)
      const moments = state as typeof NO_MOMENTS
      expect(moments.count).toBe(seen.length)
      const mean = seen.reduce((sum, value) => sum + value, 0) / Math.max(1, seen.length)
      const variance = seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, seen.length)
      expect(Math.abs(moments.mean - mean)).toBeLessThan(1e-9)
      expect(Math.abs(varianceOf(moments) - variance)).toBeLessThan(1e-7)
    }),
  )
})

test('the batch counts before it is shaped: two batches by hand', () => {
  const first = applyShaping(runningMeanStd, {}, columnOf([0, 2]))
  expect(Array.from(first.column.values)).toEqual([-1, 1])
  // 0, 2, 4: mean 2, biased variance 8/3
  const second = applyShaping(runningMeanStd, {}, columnOf([4]), { state: first.state })
  expect(second.column.values[0]).toBeCloseTo(2 / Math.sqrt(8 / 3), 14)
})

test('a batch of invalid entries leaves the state as it is', () => {
  const { state } = applyShaping(runningMeanStd, {}, columnOf([1, 5]))
  expect(applyShaping(runningMeanStd, {}, columnOf([null]), { state }).state).toEqual(state)
})

test('equal rewards give 0, and a damaged state is refused', () => {
  expect(standardise(Float64Array.of(3), Uint8Array.of(1), { ...NO_MOMENTS, count: 4, mean: 3 })).toEqual(
    Float64Array.of(0),
  )
  expect(() => applyShaping(runningMeanStd, {}, columnOf([1]), { state: { count: 1 } })).toThrow(/damaged/)
})
