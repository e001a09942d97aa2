/**
 * A mixture of Bradley–Terry rewards whose weights come from the prompt.
 * Source: paper 45; MiCRo `learn_sharebase.py:compute_loss`, loss type mixture_BT.
 */
import { z } from 'zod'
import { arange, logSigmoid, logSoftmax, logSumExp, norm, softmax, where } from '../engine/operations.ts'
import { full, matmul, type Tensor } from '../engine/tensor.ts'
import { defineObjective } from './objective.ts'
import { pairInputs } from './pair-inputs.ts'
import { pairMean } from './pair-mean.ts'

/** Σ |entry| above the diagonal of a square matrix. */
function sumAbove(matrix: Tensor): Tensor {
  const places = arange(matrix.shape[0]!)
  return where(places.expand(1).less(places), matrix.abs(), 0).sum()
}

/** Correlations of the rows of a matrix; a constant row has none, which counts as 0. */
function rowCorrelations(rows: Tensor): Tensor {
  const centred = rows.sub(rows.mean(1, true))
  const length = norm(centred, true)
  const some = length.greater(0)
  const unit = where(some, centred.div(where(some, length, 1)), 0)
  return matmul(unit, unit, false, true)
}

export const mixtureBradleyTerry = defineObjective({
  name: 'mixture-bradley-terry',
  summary: 'Several rewards at once for people who disagree, mixed by weights that the prompt decides.',
  paper: {
    slug: '45-micro',
    title: 'MiCRo: Mixture Modeling and Context-aware Routing for Personalized Preference Learning',
    source: 'learn_sharebase.py:compute_loss',
  },
  formula:
    '−log Σ_k w_k·σ(Δ_k), w = softmax(router); + λ_LB·mean Σ w·log w + λ_o·Σ_{i<j} |u_i·u_j| + λ_n·mean |‖u_i‖ − 1| + λ_c·Σ_{i<j} |corr(u_i, u_j)|, u_i a head’s weights',
  parameters: z.object({
    loadBalance: z
      .number()
      .min(0)
      .default(0.5)
      .describe('λ_LB; draws the weights of every prompt towards equal ones'),
    orthogonal: z.number().min(0).default(0).describe('λ_o on products of the heads’ weights'),
    norm: z.number().min(0).default(0).describe('λ_n on their lengths'),
    correlation: z.number().min(0).default(0).describe('λ_c on their correlations'),
  }),
  inputs: {
    ...pairInputs,
    chosen: { description: 'rewards of the chosen completions, [pairs, heads]', differentiable: true },
    rejected: { description: 'rewards of the rejected completions, [pairs, heads]', differentiable: true },
    router: { description: 'logits of the weights, [pairs, heads] or [heads]', differentiable: true },
    headWeights: {
      description: 'weights of the linear heads, [heads, width], for the last three terms',
      differentiable: true,
      optional: true,
    },
  },
  aliases: ['MiCRo', 'mixture of rewards', 'personalised reward'],
  compute({ chosen, rejected, router, headWeights, mask }, parameters) {
    const gap = chosen!.sub(rejected!)
    const logs = logSoftmax(router!).broadcast(gap.shape)
    const perRow = logSumExp(logs.add(logSigmoid(gap))).neg()
    const likelihood = pairMean(perRow, mask)
    const balance = pairMean(softmax(router!).mul(logSoftmax(router!)).broadcast(gap.shape).sum(-1), mask)
    const none = full([], 0, gap.dtype)
    const orthogonal =
      headWeights === undefined ? none : sumAbove(matmul(headWeights, headWeights, false, true))
    const length = headWeights === undefined ? none : norm(headWeights).sub(1).abs().mean()
    const correlation = headWeights === undefined ? none : sumAbove(rowCorrelations(headWeights))
    return {
      loss: likelihood
        .add(balance.mul(parameters.loadBalance))
        .add(orthogonal.mul(parameters.orthogonal))
        .add(length.mul(parameters.norm))
        .add(correlation.mul(parameters.correlation)),
      perRow,
      parts: { likelihood, loadBalance: balance, orthogonal, norm: length, correlation },
    }
  },
})
