import { describe, expect, it } from 'vitest'
import { columnOf, raggedColumnOf } from '../records/column.ts'
import { identity, inputOf } from './advantage.contract.ts'
import {
  innerResult,
  namedColumn,
  rewardsWith,
  rolloutAdvantages,
  tokenAdvantages,
} from './advantage-columns.ts'

describe('columns of advantages', () => {
  it('keep validity and reasons of the rewards, and never NaN', () => {
    const column = rolloutAdvantages(
      columnOf([1, null, 2], 'judge failed'),
      Float64Array.of(1, 0, Number.NaN),
    )
    expect([...column.valid]).toEqual([1, 0, 0])
    expect(column.reasons?.[1]).toBe('judge failed')
    expect(column.values[2]).toBe(0)
  })

  it('by token are 0 where the reward is invalid', () => {
    const column = tokenAdvantages(raggedColumnOf('token', [[1, null]]), Float64Array.of(3, 4))
    expect([...column.values]).toEqual([3, 0])
  })
})

describe('rewardsWith', () => {
  it('adds the reason of what is missing, and leaves the first reason', () => {
    const usable = rewardsWith(
      columnOf([1, null, 2], 'no judge'),
      columnOf([1, null, null], 'no length'),
      'length',
    )
    expect(usable.reasons?.slice(1)).toEqual(['no judge', 'no length'])
    expect(rewardsWith(columnOf([1]), undefined, 'the length').reasons?.[0]).toBe('the length is unknown')
  })
})

describe('lookups', () => {
  it('answer or say what is missing', () => {
    const input = inputOf([1], 'a', { columns: new Map([['a', columnOf([1])]]), inner: identity })
    expect(namedColumn(input, 'a').values[0]).toBe(1)
    expect(() => namedColumn(input, 'b')).toThrow(/expected one of a/)
    expect(innerResult(input, 'x').advantages.values[0]).toBe(1)
    expect(() => innerResult(inputOf([1], 'a'), 'x')).toThrow(/x wraps another advantage/)
  })
})
