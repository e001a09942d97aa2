/**
 * Bradley–Terry with what an ensemble of voters thinks of each pair: their mean difference as a margin, and smoothed
 * labels where they disagree with the label.
 * Source: paper 16, equations 5 and 6. As printed the margin stands outside the sigmoid, where it would have no
 * gradient; inside is meant.
 */
import { z } from 'zod'
import { softplus, where } from '../engine/operations.ts'
import { full } from '../engine/tensor.ts'
import { defineObjective } from './objective.ts'
import { pairInputs } from './pair-inputs.ts'
import { pairMean } from './pair-mean.ts'

const paper = {
  slug: '16-secrets-rlhf-2',
  title: 'Secrets of RLHF in Large Language Models, Part II: Reward Modeling',
} as const

const strength = {
  description: 'mean difference of the voters’ rewards, below 0 where they reject the label, [pairs]',
  differentiable: false,
} as const

export const adaptiveMargin = defineObjective({
  name: 'adaptive-margin',
  summary:
    'Bradley–Terry that asks for the gap which voters found, a negative one where they reject the label.',
  paper: { ...paper, source: 'equation 6' },
  formula: '−log σ(Δ − μ)',
  parameters: z.object({}),
  inputs: { ...pairInputs, strength },
  aliases: ['preference strength'],
  elsewhere: { trl: 'the margin column', openrlhf: 'the margin column' },
  compute({ chosen, rejected, strength: mean, mask }) {
    const perRow = softplus(mean!.sub(chosen!.sub(rejected!)))
    return { loss: pairMean(perRow, mask), perRow }
  },
})

export const softLabelMargin = defineObjective({
  name: 'soft-label-margin',
  summary: 'The margin of voters on every pair, and smoothed labels on pairs whose label they reject.',
  paper: { ...paper, source: 'equations 5 and 6' },
  formula: '−[(1 − α)·log σ(Δ − μ) + α·log σ(μ − Δ)], α only where μ < 0',
  parameters: z.object({
    smoothing: z.number().min(0).max(1).default(0.5).describe('α; ½ removes the preference, 1 flips it'),
  }),
  inputs: { ...pairInputs, strength },
  aliases: ['preference strength'],
  compute({ chosen, rejected, strength: mean, mask }, { smoothing }) {
    const gap = chosen!.sub(rejected!).sub(mean!)
    const [right, wrong] = [softplus(gap.neg()), softplus(gap)]
    const share = where(mean!.less(0), full([], smoothing, gap.dtype), 0)
    const perRow = right.add(wrong.sub(right).mul(share))
    return { loss: pairMean(perRow, mask), perRow }
  },
})
