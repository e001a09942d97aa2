/**
 * SwAV: each view predicts the other's assignment to prototypes, which a few Sinkhorn steps keep balanced.
 * Source: paper 16, equations 7 and 8; Caron et al., 2020 (SwAV), appendix A.
 */
import { z } from 'zod'
import { logSoftmax, logSumExp, stopGradient } from '../engine/operations.ts'
import { matmul, type Tensor } from '../engine/tensor.ts'
import { unitRows } from './in-batch-contrast.ts'
import { defineObjective } from './objective.ts'

/**
 * Soft assignments of rows to prototypes, nearly balanced over the batch: exp(scores/ε) with columns and rows scaled
 * in turn. Rows sum to 1; no gradient. Logarithms throughout, so any scale of scores is safe. [rows, prototypes]
 */
export function sinkhornAssignment(scores: Tensor, epsilon: number, iterations: number): Tensor {
  let logs = stopGradient(scores).mul(1 / epsilon)
  for (let step = 0; step < iterations; step++) {
    logs = logs.sub(logSumExp(logs, 0, true))
    logs = logs.sub(logSumExp(logs, 1, true))
  }
  return stopGradient(logs.exp())
}

export const swav = defineObjective({
  name: 'swav',
  summary: 'An auxiliary loss that groups features around prototypes, from two dropout passes.',
  paper: {
    slug: '16-secrets-rlhf-2',
    title: 'Secrets of RLHF in Large Language Models, Part II: Reward Modeling',
    source: 'equations 7 and 8',
  },
  formula:
    '−Σ q_s·log p_t − Σ q_t·log p_s, p = softmax(hᵀc/T), q the other view’s assignment; h, c of length 1',
  parameters: z.object({
    temperature: z.number().positive().default(0.1).describe('T'),
    sinkhornEpsilon: z.number().positive().default(0.05).describe('ε of the assignment; smaller is sharper'),
    iterations: z.number().int().min(1).default(3).describe('Sinkhorn steps'),
  }),
  inputs: {
    viewT: { description: 'features of the first pass, [rows, width]', differentiable: true },
    viewS: { description: 'features of the second pass, [rows, width]', differentiable: true },
    prototypes: { description: '[prototypes, width]', differentiable: true },
  },
  aliases: ['contrastive learning', 'Sinkhorn'],
  compute({ viewT, viewS, prototypes }, { temperature, sinkhornEpsilon, iterations }) {
    const towards = unitRows(prototypes!)
    const [scoresT, scoresS] = [viewT!, viewS!].map((view) =>
      matmul(unitRows(view), towards, false, true),
    ) as [Tensor, Tensor]
    const assignmentT = sinkhornAssignment(scoresT, sinkhornEpsilon, iterations)
    const assignmentS = sinkhornAssignment(scoresS, sinkhornEpsilon, iterations)
    const logs = (scores: Tensor): Tensor => logSoftmax(scores.mul(1 / temperature))
    const perRow = assignmentS
      .mul(logs(scoresT))
      .add(assignmentT.mul(logs(scoresS)))
      .sum(-1)
      .neg()
    return { loss: perRow.mean(), perRow, parts: { assignmentT, assignmentS } }
  },
})
