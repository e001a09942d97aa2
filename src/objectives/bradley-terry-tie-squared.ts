/**
 * Bradley–Terry on pairs with a winner, and rewards drawn together on ties.
 * Source: paper 08, MM-RLHF `trl/trainer/reward_trainer.py:compute_loss`.
 */
import { z } from 'zod'
import { softplus, where } from '../engine/operations.ts'
import type { Tensor } from '../engine/tensor.ts'
import { defineObjective } from './objective.ts'
import { marginInput, pairInputs } from './pair-inputs.ts'
import { pairMean } from './pair-mean.ts'

export const tieInput = {
  description: 'above 0 for pairs that nobody preferred one of, [pairs]',
  differentiable: false,
} as const

/** Mean −log σ(Δ − m) over the pairs with a winner + w·mean(Δ²) over the ties, and both by pair. */
export function withTies(
  inputs: Readonly<Record<'chosen' | 'rejected', Tensor>> &
    Readonly<Record<'tie' | 'margin' | 'mask', Tensor | undefined>>,
  tieWeight: number,
): { readonly loss: Tensor; readonly perRow: Tensor } {
  const { chosen, rejected, tie, margin, mask } = inputs
  const gap = chosen.sub(rejected)
  const won = softplus((margin === undefined ? gap : gap.sub(margin)).neg())
  if (tie === undefined) return { loss: pairMean(won, mask), perRow: won }
  const tied = tie.greater(0)
  const counted = mask === undefined ? tied.or(tied.not()) : mask.greater(0)
  const apart = gap.square()
  return {
    loss: pairMean(won, counted.and(tied.not()).cast(gap.dtype)).add(
      pairMean(apart, counted.and(tied).cast(gap.dtype)).mul(tieWeight),
    ),
    perRow: where(tied, apart.mul(tieWeight), won),
  }
}

export const bradleyTerryTieSquared = defineObjective({
  name: 'bradley-terry-tie-squared',
  summary: 'Bradley–Terry for data with ties: the rewards of a tied pair are drawn together.',
  paper: {
    slug: '08-mm-rlhf',
    title: 'MM-RLHF: The Next Step Forward in Multimodal LLM Alignment',
    source: 'trl/trainer/reward_trainer.py:compute_loss',
  },
  formula: 'mean over winners of −log σ(Δ − m) + w·mean over ties of Δ²',
  parameters: z.object({ tieWeight: z.number().min(0).default(0.5).describe('w') }),
  inputs: { ...pairInputs, margin: marginInput, tie: tieInput },
  aliases: ['ties'],
  compute: ({ chosen, rejected, tie, margin, mask }, { tieWeight }) =>
    withTies({ chosen: chosen!, rejected: rejected!, tie, margin, mask }, tieWeight),
})
