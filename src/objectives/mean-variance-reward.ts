/**
 * Rewards as Gaussians: a mean and a variance for each completion.
 * Source: paper 55's baseline; VPL `pref_learn/models/mlp.py:MeanVarianceModel`.
 */
import { z } from 'zod'
import { softplus } from '../engine/operations.ts'
import { defineObjective } from './objective.ts'
import { pairInputs } from './pair-inputs.ts'
import { pairMean } from './pair-mean.ts'

export const meanVarianceReward = defineObjective({
  name: 'mean-variance-reward',
  summary: 'Learns how sure a reward is beside the reward; the logistic stands for the normal distribution.',
  paper: {
    slug: '55-vpl',
    title: 'Personalizing RLHF with Variational Preference Learning',
    source: 'mlp.py:MeanVarianceModel',
  },
  formula: 'log(1 + e^{−√(2π)·Δ/√(v_c + v_r)}), Δ the difference of the means, v = e^{log-variance}',
  parameters: z.object({}),
  inputs: {
    ...pairInputs,
    chosen: { description: 'mean and log-variance, [pairs, 2]', differentiable: true },
    rejected: { description: 'mean and log-variance, [pairs, 2]', differentiable: true },
  },
  aliases: ['distributional preference learning', 'DPL'],
  compute({ chosen, rejected, mask }) {
    const gap = chosen!.at(-1, 0).sub(rejected!.at(-1, 0))
    // The larger variance is taken out, so that neither exponential overflows; below e^−80 it counts as that.
    const [own, other] = [chosen!.at(-1, 1), rejected!.at(-1, 1)]
    const logDeviation = own
      .add(softplus(other.sub(own)))
      .mul(0.5)
      .maximum(-40)
    const perRow = softplus(gap.mul(-Math.sqrt(2 * Math.PI)).mul(logDeviation.neg().exp()))
    return {
      loss: pairMean(perRow, mask),
      perRow,
      parts: { accuracy: pairMean(gap.greater(0).cast('float32'), mask) },
    }
  },
})
