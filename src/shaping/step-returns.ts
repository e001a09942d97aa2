/**
 * Return to go of every step: what the steps from it on earn together, plus the outcome. Unbounded.
 * Source: paper 12, with γ = 1: with a smaller one the telescoping of delta-steps would fail.
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { groupDeviationRescales, scalarTrainerCollapsesSteps } from '../kinds/trainer-sentences.ts'
import { type Column, copyColumn, createColumn, invalidate, sealColumn } from '../records/column.ts'
import { inputColumn, requireInput } from './declared-inputs.ts'

/**
 * R_k = s + α·Σ_{j ≥ k} r_j of every step of every rollout.
 *
 * @param values step rewards
 * @param offsets steps of rollout i are offsets[i] … offsets[i + 1] − 1
 * @param coefficient α
 * @param outcomes s, one a rollout; 0 if left out
 * @example returnsToGo(Float64Array.of(1, 2), Int32Array.of(0, 2), 0.5, Float64Array.of(1)) // [2.5, 2]
 */
export function returnsToGo(
  values: Float64Array,
  offsets: Int32Array,
  coefficient: number,
  outcomes?: Float64Array,
): Float64Array {
  const returns = new Float64Array(values.length)
  for (let row = 0; row + 1 < offsets.length; row++) {
    const outcome = outcomes === undefined ? 0 : outcomes[row]!
    let sum = 0
    for (let step = offsets[row + 1]! - 1; step >= offsets[row]!; step--) {
      sum += values[step]!
      returns[step] = outcome + coefficient * sum
    }
  }
  return returns
}

/**
 * The step rewards of each rollout added up, for trainers that take one number: a rollout column, 0 for a rollout
 * without steps. A rollout with an invalid step is invalid with that step's reason.
 *
 * @example stepTotals(raggedColumnOf('step', [[1, 2], []])).values // [3, 0]
 */
export function stepTotals(steps: Column): Column {
  const offsets = steps.offsets!
  const totals = createColumn(offsets.length - 1)
  for (let row = 0; row < totals.values.length; row++) {
    for (let step = offsets[row]!; step < offsets[row + 1]!; step++) {
      if (steps.valid[step] === 1) totals.values[row]! += steps.values[step]!
      else invalidate(totals, row, steps.reasons?.[step] ?? 'a step has no reward')
    }
    if (totals.valid[row] === 0) totals.values[row] = 0
  }
  return sealColumn(totals)
}

export const stepReturns = defineShaping({
  name: 'step-returns',
  summary: 'Return to go of each step: scaled step rewards from it on, plus the outcome.',
  paper: {
    slug: '12-clip-delta',
    title: 'On Designing Effective RL Reward at Training Time for LLM Reasoning',
    source: 'return with γ = 1',
  },
  formula: 'R_k = s + α · Σ_{j ≥ k} r_j',
  range: 'unbounded',
  aliases: ['return to go', 'reward to go', 'process return'],
  grains: ['step'],
  scope: 'row',
  parameters: z.object({
    coefficient: z
      .number()
      .default(1)
      .describe('α, factor on the step rewards; 0.02 in paper 12’s experiments'),
    success: z
      .string()
      .optional()
      .describe('column with the outcome s, earned on the last step; no outcome if left out'),
  }),
  inputs: ({ success }) => (success === undefined ? {} : { success: { from: 'column', column: success } }),
  warnings: (trainer) => [
    ...groupDeviationRescales(trainer),
    ...scalarTrainerCollapsesSteps(trainer, 'returns would be counted once for every step before them'),
  ],
  examples: [
    {
      title: 'two steps and an outcome',
      parameters: { coefficient: 0.5, success: 'correct' },
      input: { grain: 'step', column: [[1, 2], [1]], inputs: { success: [1, null] } },
      result: [[2.5, 2], [null]],
    },
    {
      title: 'a missing step spoils the returns before it',
      input: { grain: 'step', column: [[1, null, 3, 4]] },
      result: [[null, null, 7, 4]],
    },
  ],
  apply(column, { coefficient, success }, { inputs }) {
    const result = copyColumn(column)
    const { values, valid } = result
    const offsets = column.offsets!
    const outcomes =
      success === undefined
        ? undefined
        : requireInput(result, inputColumn(inputs, 'success'), 'outcome').values
    values.set(returnsToGo(column.values, offsets, coefficient, outcomes))
    for (let row = 0; row + 1 < offsets.length; row++) {
      let reason: string | undefined
      for (let step = offsets[row + 1]! - 1; step >= offsets[row]!; step--) {
        if (valid[step] === 0) values[step] = 0
        else if (reason !== undefined) invalidate(result, step, reason)
        if (column.valid[step] === 0) reason = column.reasons?.[step] ?? 'a later step has no reward'
      }
    }
    return sealColumn(result)
  },
})
