import { expect, test } from 'vitest'
import { columnOf } from '../records/column.ts'
import { longReplyPenalties, longReplyPenalty } from './long-reply-penalty.ts'
import { applyShaping, checkShaping } from './shaping.contract.ts'

checkShaping(longReplyPenalty)

test('nothing up to the limit, then the rate for every unit', () => {
  const penalties = longReplyPenalties(Float64Array.of(10, 299, 300, 301, 450), { limit: 300, rate: 0.01 })
  expect(Array.from(penalties)).toEqual([0, 0, 0, -0.01, -1.5])
})

test('an unknown length makes the row invalid with the reason it was given', () => {
  const { column } = applyShaping(longReplyPenalty, {}, columnOf([1, null, 1], 'judge failed'), {
    inputs: { length: columnOf([null, null, 400], 'no token count') },
  })
  expect(column.reasons).toEqual(['no token count', 'judge failed'])
  expect(column.values[2]).toBe(0)
})
