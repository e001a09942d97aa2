/**
 * SimCSE: features of two dropout passes as positives, the rest of the batch as negatives.
 * Source: paper 16, equation 9; card 00-reward-model-losses; Gao et al., 2021.
 */
import { z } from 'zod'
import { inBatchContrast } from './in-batch-contrast.ts'
import { defineObjective } from './objective.ts'

export const simcse = defineObjective({
  name: 'simcse',
  summary: 'An auxiliary loss that spreads features apart, from two dropout passes over the same rows.',
  formula: '−mean_i log softmax_j(cos(h_i, h′_j)/T) at j = i',
  parameters: z.object({ temperature: z.number().positive().default(0.05).describe('T') }),
  inputs: {
    view1: { description: 'features of the first pass, [rows, width]', differentiable: true },
    view2: { description: 'features of the second pass, [rows, width]', differentiable: true },
  },
  aliases: ['contrastive learning', 'InfoNCE'],
  compute({ view1, view2 }, { temperature }) {
    const perRow = inBatchContrast(view1!, view2!, temperature)
    return { loss: perRow.mean(), perRow }
  },
})
