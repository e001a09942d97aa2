/**
 * The lower bound of variational preference learning: labels of a user's pairs explained by a latent of that user.
 * Source: paper 55; VPL `pref_learn/models/vae.py:forward` (sums, no ½), vpl_llm `vae_utils.py` (means, with ½).
 */
import { z } from 'zod'
import { softplus, where } from '../engine/operations.ts'
import { full } from '../engine/tensor.ts'
import { twiceDivergence } from './gaussian-latent.ts'
import { defineObjective } from './objective.ts'
import { pairMean } from './pair-mean.ts'

export const variationalPreference = defineObjective({
  name: 'variational-preference',
  summary: 'Fits rewards that depend on a latent of the user, inferred from some of the user’s own pairs.',
  paper: {
    slug: '55-vpl',
    title: 'Personalizing RLHF with Variational Preference Learning',
    source: 'vae.py:VAEModel.forward; vae_utils.py:VAETrainer',
  },
  formula:
    '−log p(labels | latent) + w·K; control form: sums and K = −Σ(1 + lv − lv_p − e^{lv − lv_p} − (m − m_p)²/e^{lv_p}); language form: means and K = half of it',
  parameters: z.object({
    form: z
      .enum(['language', 'control'])
      .default('language')
      .describe(
        'language: means over pairs and sets, divergence with its ½; control: sums, and twice the divergence',
      ),
  }),
  inputs: {
    first: { description: 'rewards of the first items, [sets, pairs] or [pairs]', differentiable: true },
    second: { description: 'rewards of the second items, of the same shape', differentiable: true },
    label: {
      description: '1 when the first is preferred, else 0, of the same shape; all 1 if left out',
      differentiable: false,
      optional: true,
    },
    mask: { description: 'above 0 for pairs that are there', differentiable: false, optional: true },
    mean: { description: 'posterior means, [sets, latent]', differentiable: true },
    logVariance: { description: 'posterior log-variances, [sets, latent]', differentiable: true },
    priorMean: { description: 'of a learned prior, [latent]', differentiable: true, optional: true },
    priorLogVariance: { description: 'of a learned prior, [latent]', differentiable: true, optional: true },
    weight: { description: 'w, a single number that may be annealed', differentiable: false },
  },
  aliases: ['VPL', 'evidence lower bound', 'ELBO', 'personal reward'],
  compute(inputs, { form }) {
    const { first, second, label, mask, mean, logVariance, priorMean, priorLogVariance, weight } = inputs
    const gap = first!.sub(second!)
    const likely = label === undefined ? gap : where(label.greater(0.5), gap, gap.neg())
    const perRow = softplus(likely.neg())
    const prior =
      priorMean === undefined || priorLogVariance === undefined
        ? undefined
        : { mean: priorMean, logVariance: priorLogVariance }
    const twice = twiceDivergence({ mean: mean!, logVariance: logVariance! }, prior)
    const counted = mask === undefined ? perRow : where(mask.greater(0), perRow, 0)
    const reconstruction = form === 'control' ? counted.sum() : pairMean(perRow, mask)
    const divergence = form === 'control' ? twice.sum() : twice.mean().mul(0.5)
    // Equal rewards are P = ½, which the authors count as "the second".
    const wanted = label === undefined ? full(gap.shape, 1, 'bool') : label.greater(0.5)
    const right = gap.greater(0).equal(wanted)
    return {
      loss: reconstruction.add(divergence.mul(weight!)),
      perRow,
      parts: { reconstruction, divergence, accuracy: pairMean(right.cast('float32'), mask) },
    }
  },
})
