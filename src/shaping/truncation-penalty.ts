/**
 * Cuts the reward of completions that are too long or were cut off: the plainest length penalty. Source: paper 04
 * (DLER). Meant for rewards ≥ 0: a factor below 1 would soften a negative one.
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { groupDeviationRescales } from '../kinds/trainer-sentences.ts'
import { copyColumn, sealColumn } from '../records/column.ts'
import { inputColumn, lengthUnit, requireInput } from './declared-inputs.ts'

export const truncationPenalty = defineShaping({
  name: 'truncation-penalty',
  summary: 'Multiplies the reward of completions beyond a limit, or of cut ones, by a small factor.',
  paper: {
    slug: '04-dler',
    title: 'DLER: Doing Length pEnalty Right',
    source: 'section on truncation; verl/workers/reward_manager/dapo.py',
  },
  formula: 'r if length ≤ limit (without a limit: if the completion ended by itself), else factor · r',
  range: 'that of the column, and 0',
  aliases: ['length penalty', 'overlong', 'truncation', 'overlong filter', 'dler'],
  grains: ['rollout'],
  scope: 'row',
  parameters: z.object({
    limit: z
      .number()
      .nonnegative()
      .optional()
      .describe('greatest length with the full reward; if left out, completions that did not finish are cut'),
    factor: z
      .number()
      .default(0)
      .describe('what is left of the reward: 0 in the paper, 0.1 in its released settings'),
    unit: lengthUnit.default('tokens').describe('in what the limit is counted'),
  }),
  inputs: ({ limit, unit }) =>
    limit === undefined ? { finished: { from: 'finished' } } : { length: { from: 'length', unit } },
  warnings: groupDeviationRescales,
  examples: [
    {
      title: 'a limit of 512 tokens',
      parameters: { limit: 512 },
      input: { column: [1, 1, 0, 1], inputs: { length: [512, 513, 2, null] } },
      result: [1, 0, 0, null],
    },
    {
      title: 'the released factor, by the finish reason',
      parameters: { factor: 0.1 },
      input: { column: [1, 1, null], inputs: { finished: [1, 0, 1] } },
      result: [1, 0.1, null],
    },
  ],
  apply(column, { limit, factor }, { inputs }) {
    const result = copyColumn(column)
    const { values, valid } = result
    if (limit === undefined) {
      const finished = requireInput(result, inputColumn(inputs, 'finished'), 'finish reason').values
      for (let row = 0; row < values.length; row++) {
        if (valid[row] === 1 && finished[row] === 0) values[row]! *= factor
      }
    } else {
      const lengths = requireInput(result, inputColumn(inputs, 'length'), 'length').values
      for (let row = 0; row < values.length; row++) {
        if (valid[row] === 1 && lengths[row]! > limit) values[row]! *= factor
      }
    }
    return sealColumn(result)
  },
})
