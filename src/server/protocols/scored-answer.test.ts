import { afterAll, describe, expect, it } from 'vitest'
import { DirectService } from '../../../test/server/direct-service.ts'
import type { ScoredRow } from '../../store/store.ts'
import type { Call } from '../route.ts'
import {
  accuracyColumn,
  accuracyOf,
  columnNumber,
  groupsOf,
  invalidReason,
  numericColumns,
  requiredReward,
} from './scored-answer.ts'

const row: ScoredRow = {
  id: 'a',
  group: 'g',
  reward: 3,
  advantage: null,
  columns: { good: 0.5, bad: null, steps: [1, null, 0], none: [] },
  stages: {},
  reasons: { bad: 'no answer found' },
}
const invalid: ScoredRow = { ...row, reward: null }

const service = await DirectService.open({
  name: 'two',
  signals: { words: { use: 'length' }, right: { use: 'math-answer', rules: ['boxed'] } },
  combine: { use: 'sum', of: ['words', 'right'] },
})
afterAll(() => service.close())

describe('rows of an answer', () => {
  it('have the same numeric keys, with 0 beside a mark where a column is invalid', () => {
    expect(numericColumns(['good', 'bad', 'steps', 'none', 'absent'], row)).toEqual({
      ...{ good: 0.5, good_valid: 1, bad: 0, bad_valid: 0, steps: 0.5, steps_valid: 1 },
      ...{ none: 0, none_valid: 0, absent: 0, absent_valid: 0 },
    })
    expect(columnNumber([null])).toBeNull()
  })

  it('fail with their reason where a reward is needed', () => {
    expect(requiredReward(row)).toBe(3)
    expect(() => requiredReward(invalid)).toThrow('row "r0": could not be scored: bad: no answer found')
    expect(invalidReason({ ...invalid, reasons: { bad: 'x', reward: 'y' } })).toBe('y')
  })

  it('take accuracy from the first signal within [0, 1], else from the clamped reward', () => {
    expect(accuracyColumn(service.reward)).toBe('right')
    expect(accuracyOf(row, 'good')).toBe(0.5)
    expect(accuracyOf(row, 'bad')).toBe(1)
    expect(accuracyOf({ ...row, reward: -2 }, undefined)).toBe(0)
  })
})

describe('groupsOf', () => {
  const call = (query: string): Call => ({
    service,
    abort: new AbortController().signal,
    query: new URLSearchParams(query),
    parameters: {},
    header: () => undefined,
  })
  it('takes one row as single and several as whole, unless told', () => {
    expect([groupsOf(call(''), 1), groupsOf(call(''), 2)]).toEqual(['single', 'whole'])
    expect(groupsOf(call('groups=single'), 2)).toBe('single')
    expect(() => groupsOf(call('groups=some'), 2)).toThrow('whole or single')
  })
})
