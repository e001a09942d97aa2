/**
 * DPO with a β of its own for each pair, and SFT on the chosen completion.
 * Source: paper 08, equations 5 and 6; MM-RLHF `trl/trainer/dpo_trainer.py:dpo_loss` with implicit_beta off.
 */
import { z } from 'zod'
import { softplus, stopGradient } from '../engine/operations.ts'
import { logRatios, policyInputs } from './implicit-rewards.ts'
import { defineObjective } from './objective.ts'
import { pairMean } from './pair-mean.ts'

export const mmDpo = defineObjective({
  name: 'mm-dpo',
  summary: 'DPO that trusts a pair more, the larger the gap which a reward model sees in it.',
  paper: {
    slug: '08-mm-rlhf',
    title: 'MM-RLHF: The Next Step Forward in Multimodal LLM Alignment',
    source: 'equations 5 and 6; trl/trainer/dpo_trainer.py:dpo_loss',
  },
  formula:
    'β′ = max(0.001, β·(1 + w·factor)), factor = 1 − e^{−kδ} of the reward model’s margin; −s·log σ(β′·Δ) − (1 − s)·log σ(−β′·Δ), Δ the log-ratio difference; + γ·SFT',
  parameters: z.object({
    beta: z.number().positive().default(0.1).describe('β'),
    growth: z.number().default(0.5).describe('w'),
    labelWeight: z
      .number()
      .min(0)
      .max(1)
      .default(1)
      .describe('s, the weight of the label as it is: 1 is no smoothing (the authors’ label_smoothing)'),
    sftWeight: z.number().min(0).default(0).describe('γ; the authors’ script has 0.25'),
  }),
  inputs: {
    ...policyInputs,
    factor: {
      description: 'see `betaFactors`; held at 0 or above for the paper’s form, [pairs]',
      differentiable: false,
    },
    sft: {
      description: 'negative log-likelihood of the chosen completions, [pairs]',
      differentiable: true,
      optional: true,
    },
  },
  aliases: ['MM-DPO', 'dynamic reward scaling', 'direct preference optimisation'],
  compute({ factor, sft, mask, ...log }, { beta, growth, labelWeight, sftWeight }) {
    const { chosen, rejected, difference } = logRatios(log)
    const own = factor!.mul(growth).add(1).mul(beta).maximum(1e-3)
    const scaled = difference.mul(own)
    const right = softplus(scaled.neg())
    const perRow =
      labelWeight === 1 ? right : right.mul(labelWeight).add(softplus(scaled).mul(1 - labelWeight))
    const loss = pairMean(perRow, mask)
    return {
      loss: sft === undefined || sftWeight === 0 ? loss : loss.add(pairMean(sft, mask).mul(sftWeight)),
      perRow,
      parts: {
        chosenReward: stopGradient(chosen.mul(beta)),
        rejectedReward: stopGradient(rejected.mul(beta)),
        beta: own,
      },
    }
  },
})
