/** The hinge loss on pairs. Source: card 00-reward-model-losses. */
import { z } from 'zod'
import { relu } from '../engine/operations.ts'
import { full } from '../engine/tensor.ts'
import { defineObjective } from './objective.ts'
import { pairInputs } from './pair-inputs.ts'
import { pairMean } from './pair-mean.ts'

export const pairwiseHinge = defineObjective({
  name: 'pairwise-hinge',
  summary: 'Asks for a gap and then leaves the pair alone; at the kink the gradient is 0.',
  formula: 'max(0, m − Δ)',
  parameters: z.object({
    margin: z.number().min(0).default(1).describe('m, where no margin is given by pair'),
  }),
  inputs: {
    ...pairInputs,
    margin: { description: 'm for each pair, [pairs]', differentiable: false, optional: true },
  },
  aliases: ['margin ranking loss', 'SLiC'],
  compute({ chosen, rejected, margin: given, mask }, { margin }) {
    const gap = chosen!.sub(rejected!)
    const perRow = relu((given ?? full([], margin, gap.dtype)).sub(gap))
    return { loss: pairMean(perRow, mask), perRow }
  },
})
