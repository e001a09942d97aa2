/**
 * Penalises lengths that stray from the mean length of the group's correct completions; too short counts like too
 * long. Range [−maxPenalty, 0], added to the column. Source: paper 13 (HARMO); the paper leaves the formula open, so
 * this is a documented convention of ours.
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { groupDeviationRescales } from '../kinds/trainer-sentences.ts'
import type { Groups } from '../numerics/grouped.ts'
import { copyColumn, sealColumn } from '../records/column.ts'
import { correctnessInput, correctnessParameters, correctRows } from './correctness.ts'
import { inputColumn, lengthUnit, requireInput } from './declared-inputs.ts'

export interface GroupLengthPenaltyOptions {
  /** P: the greatest penalty */
  readonly maxPenalty: number
  /** τ in [0, 1): the relative deviation that costs nothing */
  readonly tolerance: number
  /** which deviations count: both, only shorter, or only longer completions */
  readonly side: 'both' | 'short' | 'long'
  /** correct completions a group needs before it is penalised */
  readonly minCorrect: number
}

export interface GroupLengthPenalty {
  /** one penalty a row, ≤ 0 */
  readonly penalty: Float64Array
  /** mean length of the correct rows of each group; NaN where there were too few, and nothing is penalised */
  readonly target: Float64Array
}

/**
 * With L̄ the mean length of a group's correct rows and e = |L − L̄|/L̄ (both), (L̄ − L)/L̄ (short) or (L − L̄)/L̄ (long):
 * 0 if e ≤ τ, else −P·min(1, (e − τ)/(1 − τ)), for right and wrong rows alike. Scaling all lengths changes nothing.
 * Invalid rows take no part and get 0. With L̄ = 0 every other length is as far as can be.
 * Source: paper 13, length penalty R^λ.
 *
 * @example groupLengthPenalty(Float64Array.of(60, 90), Uint8Array.of(1, 0), Uint8Array.of(1, 1),
 *   { count: 1, of: Int32Array.of(0, 0) }, { maxPenalty: 0.5, tolerance: 0.2, side: 'both', minCorrect: 1 })
 *   // penalty ≈ [0, −0.1875], target [60]
 */
export function groupLengthPenalty(
  lengths: Float64Array,
  correct: Uint8Array,
  valid: Uint8Array,
  groups: Groups,
  { maxPenalty, tolerance, side, minCorrect }: GroupLengthPenaltyOptions,
): GroupLengthPenalty {
  const target = new Float64Array(groups.count)
  const right = new Int32Array(groups.count)
  for (let row = 0; row < lengths.length; row++) {
    if (valid[row] === 0 || correct[row] === 0) continue
    target[groups.of[row]!]! += lengths[row]!
    right[groups.of[row]!]!++
  }
  for (let group = 0; group < groups.count; group++) {
    if (right[group]! > 0 && right[group]! >= minCorrect) target[group]! /= right[group]!
    else target[group] = Number.NaN
  }
  const penalty = new Float64Array(lengths.length)
  for (let row = 0; row < lengths.length; row++) {
    const aim = target[groups.of[row]!]!
    if (valid[row] === 0 || Number.isNaN(aim)) continue
    const difference = lengths[row]! - aim
    const counted = side === 'both' ? Math.abs(difference) : side === 'short' ? -difference : difference
    if (counted <= 0) continue
    const deviation = counted / aim
    if (deviation > tolerance) {
      penalty[row] = -maxPenalty * Math.min(1, (deviation - tolerance) / (1 - tolerance))
    }
  }
  return { penalty, target }
}

export const groupLengthPenaltyShaping = defineShaping({
  name: 'group-length-penalty',
  summary: 'Penalises lengths far from the mean length of the group’s correct completions.',
  paper: {
    slug: '13-hybrid-multi-aspect',
    title: 'Beyond Monolithic Rewards: A Hybrid and Multi-Aspect Reward Optimization for MLLM Alignment',
    source: 'generalised length penalty; the formula is a convention of ours',
  },
  formula: 'r − P · min(1, max(e − τ, 0)/(1 − τ)), e = |L − L̄|/L̄, L̄ the mean length of the correct ones',
  range: 'that of the column, down by maxPenalty',
  aliases: ['harmo', 'length penalty', 'brevity'],
  grains: ['rollout'],
  scope: 'group',
  parameters: z.object({
    maxPenalty: z.number().nonnegative().default(0.5).describe('the greatest penalty'),
    tolerance: z
      .number()
      .nonnegative()
      .lt(1)
      .default(0.2)
      .describe('relative deviation from the target length that costs nothing'),
    side: z
      .enum(['both', 'short', 'long'])
      .default('both')
      .describe('which deviations count: both, only shorter or only longer completions'),
    minCorrect: z
      .number()
      .int()
      .positive()
      .default(1)
      .describe('correct completions a group needs before it is penalised; 2 is less noisy'),
    unit: lengthUnit.default('tokens').describe('in what lengths are counted'),
    ...correctnessParameters,
  }),
  inputs: ({ unit, correct }) => ({ length: { from: 'length', unit }, ...correctnessInput(correct) }),
  warnings: groupDeviationRescales,
  examples: [
    {
      title: 'target 60; a half longer, three times as long, and no length',
      input: { column: [1, 0, 0, 1], inputs: { length: [60, 90, 180, null] } },
      result: [1, -0.1875, -0.5, null],
      tolerance: 1e-15,
    },
    {
      title: 'nothing correct, nothing penalised',
      input: { column: [0, 0, null], inputs: { length: [1, 900, 3] } },
      result: [0, 0, null],
    },
  ],
  apply(column, { unit: _unit, correct, correctAt, ...options }, { groups, inputs }) {
    const result = copyColumn(column)
    const { values, valid } = result
    const lengths = requireInput(result, inputColumn(inputs, 'length'), 'length').values
    const right = correctRows(result, inputs, { correct, correctAt })
    const { penalty } = groupLengthPenalty(lengths, right, valid, groups, options)
    for (let row = 0; row < values.length; row++) if (valid[row] === 1) values[row]! += penalty[row]!
    return sealColumn(result)
  },
})
