/**
 * Replaces values by their rank inside a group or the batch, spread evenly over a range. Range [low, high].
 * Unmoved by any increasing transform, so no outlier and no exploit of the scale survives it; size of a lead is lost.
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { type Groups, membersOf } from '../numerics/grouped.ts'
import { copyColumn } from '../records/column.ts'

/**
 * Rank of every valid row among the valid rows of its group, as a share: 0 for the least, 1 for the greatest, ties
 * get the mean of their ranks, a group of one gets 0.5. Invalid rows get 0.
 *
 * @example rankShares(Float64Array.of(5, 9, 5), Uint8Array.of(1, 1, 1), { count: 1, of: new Int32Array(3) }) // [0.25, 1, 0.25]
 */
export function rankShares(values: Float64Array, valid: Uint8Array, groups: Groups): Float64Array {
  const { offsets, rows } = membersOf(groups)
  const shares = new Float64Array(values.length)
  const sorted = new Float64Array(values.length)
  for (let group = 0; group < groups.count; group++) {
    let count = 0
    for (let member = offsets[group]!; member < offsets[group + 1]!; member++) {
      if (valid[rows[member]!] === 1) sorted[count++] = values[rows[member]!]!
    }
    sorted.subarray(0, count).sort()
    for (let member = offsets[group]!; member < offsets[group + 1]!; member++) {
      const row = rows[member]!
      if (valid[row] === 0) continue
      const below = countBelow(sorted, count, values[row]!, false)
      const notAbove = countBelow(sorted, count, values[row]!, true)
      shares[row] = count === 1 ? 0.5 : (below + notAbove - 1) / 2 / (count - 1)
    }
  }
  return shares
}

/** How many of the first `count` sorted values are below a value (or, `inclusive`, not above it). */
function countBelow(sorted: Float64Array, count: number, value: number, inclusive: boolean): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    const before = inclusive ? sorted[middle]! <= value : sorted[middle]! < value
    if (before) low = middle + 1
    else high = middle
  }
  return low
}

export const rank = defineShaping({
  name: 'rank',
  summary: 'Rank inside the group or the batch, spread evenly over a range; ties share their mean rank.',
  formula: 'low + (high − low) · (rank − 1) / (n − 1), rank 1 = least',
  range: '[low, high]',
  aliases: ['ranking', 'ordinal', 'quantile transform'],
  grains: ['rollout'],
  scope: ({ within }) => within,
  parameters: z.object({
    within: z.enum(['group', 'batch']).default('group').describe('the rows that are ranked together'),
    low: z.number().default(0).describe('what the least value gets'),
    high: z.number().default(1).describe('what the greatest value gets; below low to reverse the order'),
  }),
  examples: [
    {
      title: 'two groups, a tie and an invalid row',
      input: { column: [7, 100, 7, 8, null, -1], groups: ['a', 'b', 'a', 'a', 'a', 'b'] },
      result: [0.25, 1, 0.25, 1, null, 0],
    },
    {
      title: 'the batch, from −1 to 1',
      parameters: { within: 'batch', low: -1, high: 1 },
      input: { column: [3, 1, 2], groups: ['a', 'b', 'c'] },
      result: [1, -1, 0],
    },
    { title: 'a group of one gets the middle', input: { column: [42] }, result: [0.5] },
  ],
  apply(column, { within, low, high }, { groups }) {
    const result = copyColumn(column)
    const { values, valid } = result
    const scope = within === 'group' ? groups : { count: 1, of: new Int32Array(values.length) }
    const shares = rankShares(values, valid, scope)
    for (let row = 0; row < values.length; row++) {
      if (valid[row] === 1) values[row] = low + (high - low) * shares[row]!
    }
    return result
  },
})
