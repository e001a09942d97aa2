/**
 * Truncation with a limit that depends on how hard the prompt is: the better a group does, the shorter its
 * completions must be. Source: paper 04 (DA-DLER). Meant for rewards ≥ 0, like truncation-penalty.
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { groupDeviationRescales } from '../kinds/trainer-sentences.ts'
import type { Groups } from '../numerics/grouped.ts'
import { copyColumn, sealColumn } from '../records/column.ts'
import { GuerdonError } from '../records/error.ts'
import { correctnessInput, correctnessParameters, correctRows } from './correctness.ts'
import { inputColumn, lengthUnit, requireInput } from './declared-inputs.ts'

/**
 * The length limit of each pass rate: limits[number of thresholds ≤ pass rate]. NaN for a pass rate of NaN.
 * Source: paper 04; a pass rate on a threshold belongs to the easier tier (our convention).
 *
 * @param thresholds rising pass rates between the tiers
 * @param limits one more than thresholds, from the hardest tier to the easiest
 * @throws GuerdonError PARAMETER_INVALID when the tiers do not fit together
 * @example difficultyLimits(Float64Array.of(0.25, 0.5), [0.5], [4000, 2000]) // [4000, 2000]
 */
export function difficultyLimits(
  passRates: Float64Array,
  thresholds: readonly number[],
  limits: readonly number[],
): Float64Array {
  if (limits.length !== thresholds.length + 1) {
    throw new GuerdonError('PARAMETER_INVALID', 'the tiers do not fit their thresholds', {
      where: { field: 'difficulty-tiers.limits' },
      expected: `${thresholds.length + 1} limits`,
      found: limits,
    })
  }
  if (thresholds.some((threshold, index) => index > 0 && threshold <= thresholds[index - 1]!)) {
    throw new GuerdonError('PARAMETER_INVALID', 'the thresholds do not rise', {
      where: { field: 'difficulty-tiers.thresholds' },
      expected: 'each pass rate above the one before',
      found: thresholds,
    })
  }
  const chosen = new Float64Array(passRates.length)
  for (let group = 0; group < passRates.length; group++) {
    let tier = 0
    while (tier < thresholds.length && thresholds[tier]! <= passRates[group]!) tier++
    chosen[group] = Number.isNaN(passRates[group]!) ? Number.NaN : limits[tier]!
  }
  return chosen
}

/**
 * Share of passed rows among the valid rows of each group; NaN for a group without a valid row.
 *
 * @example passRates(Uint8Array.of(1, 0), Uint8Array.of(1, 1), { count: 1, of: Int32Array.of(0, 0) }) // [0.5]
 */
export function passRates(passed: Uint8Array, valid: Uint8Array, groups: Groups): Float64Array {
  const rates = new Float64Array(groups.count)
  const members = new Int32Array(groups.count)
  for (let row = 0; row < passed.length; row++) {
    if (valid[row] === 0) continue
    rates[groups.of[row]!]! += passed[row]!
    members[groups.of[row]!]!++
  }
  for (let group = 0; group < groups.count; group++) rates[group]! /= members[group]!
  return rates
}

export const difficultyTiers = defineShaping({
  name: 'difficulty-tiers',
  summary: 'Truncation whose length limit shrinks with the pass rate of the group.',
  paper: {
    slug: '04-dler',
    title: 'DLER: Doing Length pEnalty Right',
    source: 'difficulty-aware DLER',
  },
  formula: 'r if length ≤ limits[#{thresholds ≤ pass rate}], else factor · r',
  range: 'that of the column, and 0',
  aliases: ['da-dler', 'difficulty-aware truncation'],
  grains: ['rollout'],
  scope: 'group',
  parameters: z.object({
    thresholds: z
      .array(z.number().min(0).max(1))
      .default([0.5])
      .describe('rising pass rates between the tiers'),
    limits: z
      .array(z.number().nonnegative())
      .default([4000, 2000])
      .describe('greatest length of each tier, from the hardest; one more than thresholds'),
    factor: z.number().default(0).describe('what is left of the reward beyond the limit'),
    judgedAt: z
      .enum(['longest-limit', 'any-length'])
      .default('longest-limit')
      .describe('whether a correct completion beyond the longest limit counts as passed (any-length)'),
    unit: lengthUnit.default('tokens').describe('in what lengths are counted'),
    ...correctnessParameters,
  }),
  inputs: ({ unit, correct }) => ({ length: { from: 'length', unit }, ...correctnessInput(correct) }),
  warnings: groupDeviationRescales,
  examples: [
    {
      title: 'an easy prompt may use 2000 tokens, a hard one 4000',
      input: {
        column: [1, 1, 1, 0, 0, null],
        groups: ['easy', 'easy', 'hard', 'hard', 'hard', 'hard'],
        inputs: { length: [1500, 3000, 3000, 100, 100, 5] },
      },
      result: [1, 0, 1, 0, 0, null],
    },
  ],
  apply(column, { thresholds, limits, factor, judgedAt, correct, correctAt }, { groups, inputs }) {
    const result = copyColumn(column)
    const { values, valid } = result
    const lengths = requireInput(result, inputColumn(inputs, 'length'), 'length').values
    const passed = correctRows(result, inputs, { correct, correctAt })
    if (judgedAt === 'longest-limit') {
      const longest = Math.max(...limits)
      for (let row = 0; row < passed.length; row++) if (lengths[row]! > longest) passed[row] = 0
    }
    const limitOf = difficultyLimits(passRates(passed, valid, groups), thresholds, limits)
    for (let row = 0; row < values.length; row++) {
      if (valid[row] === 1 && lengths[row]! > limitOf[groups.of[row]!]!) values[row]! *= factor
    }
    return sealColumn(result)
  },
})
