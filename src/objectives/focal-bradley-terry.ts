/** Bradley–Terry with the focal factor. Source: card 00-reward-model-losses; Lin et al., 2017, equation 4. */
import { z } from 'zod'
import { softplus } from '../engine/operations.ts'
import { defineObjective } from './objective.ts'
import { pairInputs } from './pair-inputs.ts'
import { pairMean } from './pair-mean.ts'

export const focalBradleyTerry = defineObjective({
  name: 'focal-bradley-terry',
  summary: 'Bradley–Terry that takes weight off pairs which are already right.',
  formula: '−(1 − p)^γ·log p, p = σ(Δ)',
  parameters: z.object({ gamma: z.number().min(0).default(2).describe('γ; 0 is Bradley–Terry') }),
  inputs: pairInputs,
  aliases: ['focal loss'],
  compute({ chosen, rejected, mask }, { gamma }) {
    const gap = chosen!.sub(rejected!)
    // (1 − p)^γ through its logarithm −γ·log(1 + e^Δ), whose gradient is finite at p = 1 for every γ.
    const perRow = softplus(gap.neg()).mul(softplus(gap).mul(-gamma).exp())
    return { loss: pairMean(perRow, mask), perRow }
  },
})
