/**
 * What a completion that was cut off gets: a share of its reward, or a fixed negative number.
 * Source: OpenRLHF trainer/ppo_utils/length_penalty.py, stop-properly penalty (card 00-verifiers, method C).
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { copyColumn, sealColumn } from '../records/column.ts'
import { inputColumn, requireInput } from './declared-inputs.ts'

export const stopProperly = defineShaping({
  name: 'stop-properly',
  summary: 'Scales the reward of a cut completion, or replaces it by a negative number.',
  paper: {
    slug: '00-verifiers',
    title: 'OpenRLHF',
    source: 'trainer/ppo_utils/length_penalty.py, stop-properly penalty',
  },
  formula: 'r if the completion ended by itself, else coefficient · r (coefficient ≥ 0) or coefficient (< 0)',
  range: 'that of the column, and the coefficient',
  aliases: ['stop_properly_penalty', 'truncated penalty'],
  grains: ['rollout'],
  scope: 'row',
  parameters: z.object({
    coefficient: z
      .number()
      .default(0)
      .describe('≥ 0: factor on the reward of a cut completion; < 0: its reward'),
  }),
  inputs: () => ({ finished: { from: 'finished' } }),
  examples: [
    {
      title: 'half of the reward is left',
      parameters: { coefficient: 0.5 },
      input: { column: [1, 1, 1], inputs: { finished: [1, 0, null] } },
      result: [1, 0.5, null],
    },
    {
      title: 'a fixed penalty',
      parameters: { coefficient: -1 },
      input: { column: [0.2, 0.2, null], inputs: { finished: [1, 0, 0] } },
      result: [0.2, -1, null],
    },
  ],
  apply(column, { coefficient }, { inputs }) {
    const result = copyColumn(column)
    const { values, valid } = result
    const finished = requireInput(result, inputColumn(inputs, 'finished'), 'finish reason').values
    for (let row = 0; row < values.length; row++) {
      if (valid[row] === 0 || finished[row] !== 0) continue
      values[row] = coefficient >= 0 ? values[row]! * coefficient : coefficient
    }
    return sealColumn(result)
  },
})
