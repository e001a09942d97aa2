/**
 * DPO on pairs whose label has a strength.
 * Source: paper 25, section on alignment: the three forms of the reward model's loss on β·(log-ratio difference).
 */
import { z } from 'zod'
import { softplus } from '../engine/operations.ts'
import { logRatios, policyInputs } from './implicit-rewards.ts'
import { defineObjective } from './objective.ts'
import { pairMean } from './pair-mean.ts'

export const strengthDpo = defineObjective({
  name: 'strength-dpo',
  summary: 'DPO for labels with a strength, which is ignored, used as a margin, or used as a weight.',
  paper: {
    slug: '25-helpsteer2-preference',
    title: 'HelpSteer2-Preference: Complementing Ratings with Preferences',
    source: 'section 5',
  },
  formula:
    'regular −log σ(βδ); margin −log σ(βδ − m); scaled −m·log σ(βδ); δ = log-ratio difference, m = strength',
  parameters: z.object({
    kind: z.enum(['regular', 'margin', 'scaled']).default('scaled').describe('what the strength does'),
    beta: z.number().positive().default(0.1).describe('β'),
  }),
  inputs: {
    ...policyInputs,
    magnitude: { description: 'm ≥ 0 for each pair, [pairs]', differentiable: false },
  },
  aliases: ['scaled DPO', 'direct preference optimisation'],
  compute({ magnitude, mask, ...log }, { kind, beta }) {
    const scaled = logRatios(log).difference.mul(beta)
    const perRow =
      kind === 'margin'
        ? softplus(magnitude!.sub(scaled))
        : kind === 'scaled'
          ? softplus(scaled.neg()).mul(magnitude!)
          : softplus(scaled.neg())
    return { loss: pairMean(perRow, mask), perRow }
  },
})
