/**
 * ODIN: two heads share the preference, one of them takes the length.
 * Source: card 00-reward-model-losses; Chen et al., 2024 (ODIN); RLHFlow `odin`.
 */
import { z } from 'zod'
import { concat, softplus, where } from '../engine/operations.ts'
import { full } from '../engine/tensor.ts'
import { batchCorrelation } from './batch-correlation.ts'
import { defineObjective } from './objective.ts'
import { pairMean } from './pair-mean.ts'

const head = (what: string, which: string) =>
  ({ description: `${what} of the ${which} completions, [pairs]`, differentiable: true }) as const
const length = (which: string) =>
  ({ description: `tokens of the ${which} completions, [pairs]`, differentiable: false }) as const

export const lengthHead = defineObjective({
  name: 'length-head',
  summary: 'Trains a length head and a quality head together, so that the quality head is free of length.',
  formula:
    'Bradley–Terry on the sum of the heads + λ·[(1 − ρ(length, length head)) + |ρ(length, quality head)|], ρ over the batch',
  parameters: z.object({ decorrelation: z.number().min(0).default(1).describe('λ') }),
  inputs: {
    chosenQuality: head('quality rewards', 'chosen'),
    rejectedQuality: head('quality rewards', 'rejected'),
    chosenLengthReward: head('length rewards', 'chosen'),
    rejectedLengthReward: head('length rewards', 'rejected'),
    chosenLength: length('chosen'),
    rejectedLength: length('rejected'),
  },
  aliases: ['ODIN', 'length bias', 'disentangled reward'],
  compute(inputs, { decorrelation }) {
    const { chosenQuality, rejectedQuality, chosenLengthReward, rejectedLengthReward } = inputs
    const gap = chosenQuality!.add(chosenLengthReward!).sub(rejectedQuality!.add(rejectedLengthReward!))
    const perRow = softplus(gap.neg())
    const lengths = concat([inputs.chosenLength!, inputs.rejectedLength!])
    const own = batchCorrelation(lengths, concat([chosenLengthReward!, rejectedLengthReward!]))
    const other = batchCorrelation(lengths, concat([chosenQuality!, rejectedQuality!]))
    const asked = where(own.defined, full([], 1, gap.dtype).sub(own.correlation), 0)
    return {
      loss: pairMean(perRow).add(asked.add(other.correlation.abs()).mul(decorrelation)),
      perRow,
      parts: { lengthCorrelation: own.correlation, qualityCorrelation: other.correlation },
    }
  },
})
