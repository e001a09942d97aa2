/**
 * Bounds a column from one or both sides. Range [low, high].
 * The upper bound alone is the reward ceiling of paper 36 (step 1 of its order of application).
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { copyColumn } from '../records/column.ts'

export const clip = defineShaping({
  name: 'clip',
  summary: 'Bounds every value between a lower and an upper limit.',
  formula: 'min(max(r, low), high)',
  range: '[low, high]',
  aliases: ['ceiling', 'floor', 'clamp'],
  grains: ['rollout', 'step', 'token'],
  scope: 'row',
  parameters: z.object({
    low: z.number().optional().describe('lower limit; none if left out'),
    high: z.number().optional().describe('upper limit; none if left out (paper 36 tried 3, 4 and 5)'),
  }),
  examples: [
    {
      title: 'both limits',
      parameters: { low: -1, high: 1 },
      input: { column: [-3, 0.5, 2, null] },
      result: [-1, 0.5, 1, null],
    },
    { title: 'a ceiling', parameters: { high: 3 }, input: { column: [5, -7] }, result: [3, -7] },
  ],
  apply(column, { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY }) {
    const result = copyColumn(column)
    const { values, valid } = result
    for (let entry = 0; entry < values.length; entry++) {
      if (valid[entry] === 1) values[entry] = Math.min(Math.max(values[entry]!, low), high)
    }
    return result
  },
})
