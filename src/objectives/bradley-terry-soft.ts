/** Bradley–Terry against a probability instead of a verdict. Source: card 00-reward-model-losses. */
import { z } from 'zod'
import { softplus } from '../engine/operations.ts'
import { full } from '../engine/tensor.ts'
import { defineObjective } from './objective.ts'
import { pairInputs } from './pair-inputs.ts'
import { pairMean } from './pair-mean.ts'

export const bradleyTerrySoft = defineObjective({
  name: 'bradley-terry-soft',
  summary:
    'Bradley–Terry when the probability of the preference is known, for example from several annotators.',
  formula: '−[t·log σ(Δ) + (1 − t)·log σ(−Δ)]',
  parameters: z.object({}),
  inputs: {
    ...pairInputs,
    target: {
      description: 't, the probability that chosen is preferred, in [0, 1], [pairs]',
      differentiable: false,
    },
  },
  aliases: ['soft labels', 'annotator share'],
  compute({ chosen, rejected, target, mask }) {
    const gap = chosen!.sub(rejected!)
    const other = full([], 1, gap.dtype).sub(target!)
    const perRow = softplus(gap.neg()).mul(target!).add(softplus(gap).mul(other))
    return { loss: pairMean(perRow, mask), perRow }
  },
})
