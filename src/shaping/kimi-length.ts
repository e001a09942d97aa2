/**
 * Rewards short completions relative to the others of their group; wrong ones can only lose. Range [−0.5, 0.5],
 * added to the column or in its place. Source: Kimi k1.5, length reward; open-r1 len_reward.
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import type { Groups } from '../numerics/grouped.ts'
import { copyColumn, sealColumn } from '../records/column.ts'
import { correctnessInput, correctnessParameters, correctRows } from './correctness.ts'
import { inputColumn, lengthUnit, requireInput } from './declared-inputs.ts'

/**
 * λ = 0.5 − (L − L_min)/(L_max − L_min) among the valid rows of each group: right rows get λ, wrong ones min(0, λ).
 * Equal lengths (and a group of one) give 0, invalid rows 0.
 *
 * @example kimiLengthRewards(Float64Array.of(202, 219), Uint8Array.of(1, 0), Uint8Array.of(1, 1),
 *   { count: 1, of: Int32Array.of(0, 0) }) // [0.5, −0.5]
 */
export function kimiLengthRewards(
  lengths: Float64Array,
  correct: Uint8Array,
  valid: Uint8Array,
  groups: Groups,
): Float64Array {
  const shortest = new Float64Array(groups.count).fill(Number.POSITIVE_INFINITY)
  const longest = new Float64Array(groups.count).fill(Number.NEGATIVE_INFINITY)
  for (let row = 0; row < lengths.length; row++) {
    if (valid[row] === 0) continue
    const group = groups.of[row]!
    if (lengths[row]! < shortest[group]!) shortest[group] = lengths[row]!
    if (lengths[row]! > longest[group]!) longest[group] = lengths[row]!
  }
  const rewards = new Float64Array(lengths.length)
  for (let row = 0; row < lengths.length; row++) {
    const group = groups.of[row]!
    if (valid[row] === 0 || shortest[group] === longest[group]) continue
    const lambda = 0.5 - (lengths[row]! - shortest[group]!) / (longest[group]! - shortest[group]!)
    rewards[row] = correct[row] === 1 ? lambda : Math.min(0, lambda)
  }
  return rewards
}

export const kimiLength = defineShaping({
  name: 'kimi-length',
  summary: 'Rewards completions that are shorter than the others of their group; wrong ones only lose.',
  paper: {
    slug: '00-verifiers',
    title: 'Kimi k1.5',
    source: 'length reward; open-r1 len_reward',
  },
  formula: 'λ = 0.5 − (L − L_min)/(L_max − L_min); right λ, wrong min(0, λ); all lengths equal 0',
  range: '[−0.5, 0.5], around the column with mode add',
  aliases: ['len_reward', 'length reward', 'kimi k1.5'],
  grains: ['rollout'],
  scope: ({ within }) => within,
  parameters: z.object({
    within: z
      .enum(['group', 'batch'])
      .default('group')
      .describe('rows whose lengths are compared; batch is open-r1’s whole list'),
    mode: z
      .enum(['add', 'replace'])
      .default('add')
      .describe('adds the length reward to the column, or puts it in its place (open-r1’s own column)'),
    unit: lengthUnit.default('tokens').describe('in what lengths are counted'),
    ...correctnessParameters,
  }),
  inputs: ({ unit, correct }) => ({ length: { from: 'length', unit }, ...correctnessInput(correct) }),
  examples: [
    {
      title: 'a group of four',
      parameters: { mode: 'replace' },
      input: { column: [1, 0, 0, 1, null, 1], inputs: { length: [10, 10, 20, 15, 99, null] } },
      result: [0.5, 0, -0.5, 0, null, null],
    },
    { title: 'equal lengths', input: { column: [1, 0], inputs: { length: [7, 7] } }, result: [1, 0] },
  ],
  apply(column, { within, mode, correct, correctAt }, { groups, inputs }) {
    const result = copyColumn(column)
    const { values, valid } = result
    const lengths = requireInput(result, inputColumn(inputs, 'length'), 'length').values
    const right = correctRows(result, inputs, { correct, correctAt })
    const scope = within === 'group' ? groups : { count: 1, of: new Int32Array(values.length) }
    const rewards = kimiLengthRewards(lengths, right, valid, scope)
    for (let row = 0; row < rewards.length; row++) {
      if (valid[row] === 1) values[row] = mode === 'add' ? values[row]! + rewards[row]! : rewards[row]!
    }
    return sealColumn(result)
  },
})
