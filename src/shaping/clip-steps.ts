/**
 * Keeps only what a step lacks to a threshold: good steps earn nothing, poor ones cost. Range (−∞, 0].
 * Use it before (or without) delta-steps, so that more steps never earn more. Source: paper 12 (Clip).
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { groupDeviationRescales, scalarTrainerCollapsesSteps } from '../kinds/trainer-sentences.ts'
import { quantileOfValid } from '../numerics/quantile.ts'
import { copyColumn, sealColumn } from '../records/column.ts'

/**
 * min(r − η, 0) of every valid step; invalid steps get 0.
 *
 * @example clippedSteps(Float64Array.of(0.9, 0.5), Uint8Array.of(1, 1), 0.75) // [0, −0.25]
 */
export function clippedSteps(values: Float64Array, valid: Uint8Array, threshold: number): Float64Array {
  const clipped = new Float64Array(values.length)
  for (let step = 0; step < values.length; step++) {
    if (valid[step] === 1 && values[step]! < threshold) clipped[step] = values[step]! - threshold
  }
  return clipped
}

export const clipSteps = defineShaping({
  name: 'clip-steps',
  summary: 'Step rewards above a threshold become 0, those below it become negative.',
  paper: {
    slug: '12-clip-delta',
    title: 'On Designing Effective RL Reward at Training Time for LLM Reasoning',
    source: 'Clip',
  },
  formula: 'min(r_k − η, 0)',
  range: '(−∞, 0]',
  aliases: ['prm', 'clip mechanism', 'process reward clip'],
  grains: ['step'],
  scope: ({ threshold }) => (threshold === undefined ? 'batch' : 'row'),
  parameters: z.object({
    threshold: z
      .number()
      .optional()
      .describe('η; fix it once it is known, so that the reward does not move with the policy'),
    quantile: z
      .number()
      .min(0)
      .max(1)
      .default(0.3)
      .describe('without a threshold, η is this quantile of the batch’s step rewards, so most steps get 0'),
  }),
  warnings: (trainer) => [
    ...groupDeviationRescales(trainer),
    ...scalarTrainerCollapsesSteps(trainer, 'only the sum of what the steps lack is left'),
  ],
  examples: [
    {
      title: 'a threshold of 0.75',
      parameters: { threshold: 0.75 },
      input: { grain: 'step', column: [[0.9, 0.5, null], [0.75]] },
      result: [[0, -0.25, null], [0]],
    },
    {
      title: 'the median of the batch',
      parameters: { quantile: 0.5 },
      input: { grain: 'step', column: [[1, 2], [3]] },
      result: [[-1, 0], [0]],
    },
  ],
  apply(column, { threshold, quantile }) {
    const result = copyColumn(column)
    const { values, valid } = result
    const limit = threshold ?? quantileOfValid(values, valid, quantile)
    // Without a valid step there is no quantile, and nothing to clip.
    if (!Number.isNaN(limit)) values.set(clippedSteps(values, valid, limit))
    return sealColumn(result)
  },
})
