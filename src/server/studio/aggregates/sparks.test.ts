import { expect, test } from 'vitest'
import { bucketsOf } from './buckets.ts'
import { pointsOf, seriesOf } from './series.ts'
import { sparksOf } from './sparks.ts'

const reward = Float64Array.of(1, 0, 1, 1, Number.NaN, Number.NaN, 0, Number.NaN)
const frame = {
  matching: 8,
  sequence: Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7),
  step: Float64Array.of(0, 0, 0, 0, 1, 1, 2, 2),
  group: Int32Array.of(0, 0, 1, 1, 2, 2, 3, 3),
  groupNames: ['a', 'b', 'c', 'd'],
  columns: new Map([
    ['reward', reward],
    ['logged/gold', Float64Array.of(0, 1, 2, 3, Number.NaN, Number.NaN, 6, 7)],
  ]),
}

test('curves of a run', () => {
  const { axis, sparks } = sparksOf(frame, 'gold')
  expect(axis).toBe('step')
  expect(sparks.reward).toEqual([
    [0, 0.75],
    [1, null],
    [2, 0],
  ])
  expect(sparks.heldBack).toEqual([
    [0, 1.5],
    [1, null],
    [2, 6.5],
  ])
  expect(sparks.invalidShare).toEqual([
    [0, 0],
    [1, 1],
    [2, 0.5],
  ])
  // Step 1 has no valid reward and the group of step 2 only one: there is nothing to compare.
  expect(sparks.groupsWithoutSpread).toEqual([
    [0, 0.5],
    [1, null],
    [2, null],
  ])
  expect(sparks.length).toEqual([
    [0, null],
    [1, null],
    [2, null],
  ])
  expect(sparksOf(frame, null).sparks.heldBack).toBeNull()
})

test('mean and quantiles of each step', () => {
  const values = Float64Array.from({ length: 11 }, (_, row) => row)
  const buckets = bucketsOf({ sequence: values, step: new Float64Array(11) }, 400)
  expect(pointsOf(values, buckets)).toEqual([{ at: 0, mean: 5, low: 1, high: 9, rows: 11 }])
  expect(seriesOf(frame, 400).columns[0]!.points[1]).toEqual({
    at: 1,
    mean: null,
    low: null,
    high: null,
    rows: 0,
  })
})
