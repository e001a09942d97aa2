/**
 * Win-rate advantage: the share of its siblings that a rollout beats, minus one half. It only looks at the order of
 * the rewards inside the group, so no outlier and no change of scale can move it. Source: paper 05 (Pref-GRPO).
 */
import { z } from 'zod'
import { defineAdvantage } from '../kinds/advantage.ts'
import { normalisedAgain } from '../kinds/trainer-sentences.ts'
import { type Groups, membersOf } from '../numerics/grouped.ts'
import { rolloutAdvantages } from './advantage-columns.ts'

/** Up to this many members every pair is compared; beyond it the group is sorted. */
const COMPARE_ALL_PAIRS = 32

/**
 * Share of the other valid rows of the group with a lower reward, equal ones count ½. Range [0, 1]; the mean over a
 * group is ½. A group with one valid row and invalid rows get `single` (default ½) and 0. Unchanged by any strictly
 * increasing transform of the rewards. Time O(n log n) a group.
 *
 * @example winRates(Float64Array.of(3, 1, 1), Uint8Array.of(1, 1, 1), { count: 1, of: new Int32Array(3) })
 *   // [1, 0.25, 0.25]
 */
export function winRates(
  rewards: Float64Array,
  valid: Uint8Array,
  groups: Groups,
  single = 0.5,
): Float64Array {
  const { offsets, rows } = membersOf(groups)
  const rates = new Float64Array(rewards.length)
  const members = new Int32Array(rows.length)
  const sorted = new Float64Array(rows.length)
  for (let group = 0; group < groups.count; group++) {
    let size = 0
    for (let at = offsets[group]!; at < offsets[group + 1]!; at++) {
      const row = rows[at]!
      if (valid[row] === 0) continue
      members[size] = row
      sorted[size] = rewards[row]!
      size++
    }
    if (size === 1) rates[members[0]!] = single
    else if (size <= COMPARE_ALL_PAIRS) compareAllPairs(sorted, members, size, rates)
    else rankMembers(rewards, sorted, members, size, rates)
  }
  return rates
}

function compareAllPairs(values: Float64Array, members: Int32Array, size: number, rates: Float64Array): void {
  for (let one = 0; one < size; one++) {
    const value = values[one]!
    // The comparison with itself is a tie, taken off at the end.
    let wins = -0.5
    for (let other = 0; other < size; other++) {
      if (values[other]! < value) wins++
      else if (values[other] === value) wins += 0.5
    }
    rates[members[one]!] = wins / (size - 1)
  }
}

function rankMembers(
  rewards: Float64Array,
  sorted: Float64Array,
  members: Int32Array,
  size: number,
  rates: Float64Array,
): void {
  const values = sorted.subarray(0, size).sort()
  for (let one = 0; one < size; one++) {
    const value = rewards[members[one]!]!
    const below = firstAtLeast(values, value, false)
    const notAbove = firstAtLeast(values, value, true)
    rates[members[one]!] = (below + (notAbove - below - 1) / 2) / (size - 1)
  }
}

/** Number of sorted values below a value, or not above it. */
function firstAtLeast(sorted: Float64Array, value: number, orEqual: boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < value || (orEqual && sorted[middle] === value)) low = middle + 1
    else high = middle
  }
  return low
}

export const winRate = defineAdvantage({
  name: 'win-rate',
  summary: 'Share of its siblings that a rollout beats, minus one half.',
  paper: {
    slug: '05-pref-grpo',
    title: 'Pref-GRPO: Pairwise Preference Reward-based GRPO for Stable Text-to-Image RL',
    source: 'win rate inside the group, applied to scalar rewards',
  },
  formula: '(wins + ½ ties) / (n − 1) − ½',
  range: '[−½, ½]; [0, 1] without centring',
  aliases: ['pref-grpo', 'pairwise win rate', 'rank advantage'],
  scope: 'group',
  takes: 'rollout',
  grain: 'rollout',
  parameters: z.object({
    centre: z
      .boolean()
      .default(true)
      .describe('subtract ½, the mean of any group; false: the win rate itself'),
  }),
  warnings: (trainer) => [
    ...normalisedAgain(trainer),
    `Divided by the standard deviation of the group, win rates of near-equal rewards are as large as any others.`,
  ],
  examples: [
    { title: 'only the order counts', input: { column: [1000, 3, 2] }, result: [0.5, 0, -0.5] },
    {
      title: 'ties, an invalid row, a group of one',
      input: { column: [1, 1, null, 7], groups: ['a', 'a', 'a', 'b'] },
      result: [0, 0, null, 0],
    },
  ],
  apply({ rewards, groups }, { centre }) {
    const rates = winRates(rewards.values, rewards.valid, groups)
    if (centre) {
      for (let row = 0; row < rates.length; row++) if (rewards.valid[row] === 1) rates[row]! -= 0.5
    }
    return { advantages: rolloutAdvantages(rewards, rates) }
  },
})
