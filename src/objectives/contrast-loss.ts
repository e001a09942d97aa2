/**
 * Contrast loss: a reward must tell an answer from that of a similar instruction, and an instruction from a similar one.
 * Source: paper 32 (the exact recipe of the trickle-down experiment is not confirmed; ours is stated here).
 */
import { z } from 'zod'
import { softplus } from '../engine/operations.ts'
import { defineObjective } from './objective.ts'

export const contrastLoss = defineObjective({
  name: 'contrast-loss',
  summary:
    'Makes a reward depend on the instruction, with answers of similar instructions as the rejected ones.',
  paper: {
    slug: '32-trickle-down',
    title: 'The Trickle-down Impact of Reward (In-)consistency on RLHF',
    source: 'Contrast Instructions',
  },
  formula: '−log σ(R(I₁, r₁) − R(I₁, r₂)) − w·log σ(R(I₁, r₁) − R(I₂, r₁)), means over the records',
  parameters: z.object({
    instructionWeight: z
      .number()
      .min(0)
      .default(1)
      .describe('w, the weight of the comparison across instructions'),
  }),
  inputs: {
    own: { description: 'R(I₁, r₁), [records]', differentiable: true },
    otherAnswer: { description: 'R(I₁, r₂), [records]', differentiable: true },
    otherInstruction: { description: 'R(I₂, r₁), [records]', differentiable: true },
  },
  compute({ own, otherAnswer, otherInstruction }, { instructionWeight }) {
    const perRow = softplus(otherAnswer!.sub(own!)).add(
      softplus(otherInstruction!.sub(own!)).mul(instructionWeight),
    )
    return { loss: perRow.mean(), perRow }
  },
})
