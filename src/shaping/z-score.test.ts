import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columnOf, raggedColumnOf } from '../records/column.ts'
import { applyShaping, checkShaping, shape } from './shaping.contract.ts'
import { zScore } from './z-score.ts'

checkShaping(zScore)

test('every group has mean 0 and deviation 1; scaling and shifting change nothing; groups do not mix', () => {
  const row = fc.record({
    value: fc.integer({ min: -1000, max: 1000 }),
    group: fc.constantFrom('a', 'b'),
  })
  fc.assert(
    fc.property(fc.array(row, { minLength: 1 }), fc.integer({ min: 1, max: 9 }), (rows, scale) => {
      const groups = rows.map(({ group }) => group)
      const run = (change: (value: number) => number) =>
        shape(zScore, { epsilon: 0 }, { column: rows.map(({ value }) => change(value)), groups }) as number[]
      const plain = run((value) => value)
      run((value) => scale * value + 3).forEach((value, index) => {
        expect(value).toBeCloseTo(plain[index]!, 9)
      })
      for (const group of ['a', 'b']) {
        const members = plain.filter((_, index) => groups[index] === group)
        const values = rows.filter((_, index) => groups[index] === group).map(({ value }) => value)
        expect(members.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 9)
        const squares = members.reduce((sum, value) => sum + value * value, 0)
        expect(squares).toBeCloseTo(new Set(values).size > 1 ? members.length - 1 : 0, 9)
      }
    }),
  )
})

test('running scores use everything seen so far; the other scopes keep the state', () => {
  const parameters = { within: 'running', epsilon: 0, deviation: 'biased' }
  const first = applyShaping(zScore, parameters, columnOf([0, 2]))
  expect(Array.from(first.column.values)).toEqual([-1, 1])
  const second = applyShaping(zScore, parameters, columnOf([4]), { state: first.state })
  expect(second.column.values[0]).toBeCloseTo(2 / Math.sqrt(8 / 3), 14)
  const batch = applyShaping(zScore, { within: 'batch' }, columnOf([1, 2]), { state: first.state })
  expect(batch.state).toEqual(first.state)
})

test('invalid rows take no part; one value and equal values get 0', () => {
  expect(shape(zScore, { epsilon: 0, deviation: 'biased' }, { column: [1, null, 3] })).toEqual([-1, null, 1])
  expect(shape(zScore, { epsilon: 0 }, { column: [5] })).toEqual([0])
  expect(shape(zScore, { epsilon: 0 }, { column: [0.1, 0.1, 0.1] })).toEqual([0, 0, 0])
})

test('steps have no groups', () => {
  expect(() => applyShaping(zScore, {}, raggedColumnOf('step', [[1, 2]]))).toThrow(/one value a rollout/)
})
