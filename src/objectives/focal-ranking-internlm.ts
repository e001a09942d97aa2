/**
 * The focal ranking loss of InternLM2, which takes weight only off pairs that are already right.
 * Source: card 00-reward-model-losses (InternLM2's technical report, section 4.2).
 */
import { z } from 'zod'
import { softplus, where } from '../engine/operations.ts'
import { full } from '../engine/tensor.ts'
import { defineObjective } from './objective.ts'
import { pairInputs } from './pair-inputs.ts'
import { pairMean } from './pair-mean.ts'

export const focalRankingInternlm = defineObjective({
  name: 'focal-ranking-internlm',
  summary: 'Bradley–Terry that takes weight off right pairs and leaves wrong ones as they are.',
  formula: '−(1 − 2·max(0, p − ½))^γ·log p, p = σ(Δ)',
  parameters: z.object({ gamma: z.number().min(0).default(2).describe('γ; 0 is Bradley–Terry') }),
  inputs: pairInputs,
  aliases: ['InternLM2 reward loss', 'focal ranking'],
  compute({ chosen, rejected, mask }, { gamma }) {
    const gap = chosen!.sub(rejected!)
    // For Δ > 0 the base is 2·(1 − p) = 2·e^−softplus(Δ).
    const factor = softplus(gap).neg().add(Math.LN2).mul(gamma).exp()
    const perRow = softplus(gap.neg()).mul(where(gap.greater(0), factor, full([], 1, gap.dtype)))
    return { loss: pairMean(perRow, mask), perRow }
  },
})
