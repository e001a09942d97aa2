/** Bradley–Terry with smoothed labels. Source: card 00-reward-model-losses; paper 16, section 3.2. */
import { z } from 'zod'
import { softplus } from '../engine/operations.ts'
import { defineObjective } from './objective.ts'
import { pairInputs } from './pair-inputs.ts'
import { pairMean } from './pair-mean.ts'

export const bradleyTerrySmoothed = defineObjective({
  name: 'bradley-terry-smoothed',
  summary: 'Bradley–Terry that does not trust the labels entirely.',
  paper: {
    slug: '16-secrets-rlhf-2',
    title: 'Secrets of RLHF in Large Language Models, Part II: Reward Modeling',
    source: 'equation 5',
  },
  formula: '−[(1 − α)·log σ(Δ) + α·log σ(−Δ)]',
  parameters: z.object({
    smoothing: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe('α; ½ removes the preference, 1 flips every label'),
  }),
  inputs: pairInputs,
  aliases: ['label smoothing', 'conservative DPO'],
  compute({ chosen, rejected, mask }, { smoothing }) {
    const gap = chosen!.sub(rejected!)
    const perRow = softplus(gap.neg())
      .mul(1 - smoothing)
      .add(softplus(gap).mul(smoothing))
    return { loss: pairMean(perRow, mask), perRow }
  },
})
