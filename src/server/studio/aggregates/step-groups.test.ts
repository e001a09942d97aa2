import { expect, test } from 'vitest'
import { spreadOf, stepGroupsOf } from './step-groups.ts'

test('a prompt that comes again at another step is another group', () => {
  const groups = stepGroupsOf({
    group: Int32Array.of(0, 1, 0, 0, 1, 1),
    step: Float64Array.of(1, 1, 2, 1, Number.NaN, Number.NaN),
  })
  expect([...groups.of]).toEqual([0, 1, 2, 0, 3, 3])
  expect(groups.count).toBe(4)
})

test('groups of fewer than two valid rows are not compared', () => {
  const groups = { count: 4, of: Int32Array.of(0, 0, 1, 1, 2, 2, 3) }
  const values = Float64Array.of(1, 1, 0, 1, 1, Number.NaN, 5)
  expect(spreadOf(values, groups)).toEqual({ comparable: 2, equal: 1 })
})
