/**
 * Direct preference optimisation: Bradley–Terry on implicit rewards, and its relatives.
 * Source: card 00-reward-model-losses; OpenRLHF `loss.py:DPOLoss`; TRL `dpo_trainer.py:dpo_loss`.
 */
import { z } from 'zod'
import { relu, softplus, stopGradient } from '../engine/operations.ts'
import { full, type Tensor } from '../engine/tensor.ts'
import { logRatios, policyInputs } from './implicit-rewards.ts'
import { defineObjective } from './objective.ts'
import { pairMean } from './pair-mean.ts'

export const dpo = defineObjective({
  name: 'dpo',
  summary: 'Trains a policy on preference pairs directly, through its own implicit rewards.',
  formula:
    'δ = log-ratio difference; sigmoid −(1 − s)·log σ(βδ) − s·log σ(−βδ); ipo (δ − 1/(2β))²; hinge max(0, 1 − βδ); robust [−(1 − s)·log σ(βδ) + s·log σ(−βδ)]/(1 − 2s)',
  parameters: z.object({
    beta: z.number().positive().default(0.1).describe('β'),
    type: z.enum(['sigmoid', 'ipo', 'hinge', 'robust']).default('sigmoid').describe('the loss on βδ'),
    labelSmoothing: z
      .number()
      .min(0)
      .lt(0.5)
      .default(0)
      .describe('s: the share of flipped labels that sigmoid and robust expect; below ½'),
  }),
  inputs: policyInputs,
  aliases: ['direct preference optimisation', 'IPO', 'cDPO', 'robust DPO', 'implicit reward'],
  elsewhere: { trl: 'DPOTrainer; loss_type, beta, label_smoothing', openrlhf: 'DPO trainer; --beta, --ipo' },
  compute(inputs, { beta, type, labelSmoothing }) {
    const { chosen, rejected, difference } = logRatios(inputs)
    const scaled = difference.mul(beta)
    const perRow = ((): Tensor => {
      if (type === 'ipo') return difference.sub(1 / (2 * beta)).square()
      if (type === 'hinge') return relu(full([], 1, scaled.dtype).sub(scaled))
      const right = softplus(scaled.neg()).mul(1 - labelSmoothing)
      const flipped = softplus(scaled).mul(labelSmoothing)
      if (type === 'robust') return right.sub(flipped).mul(1 / (1 - 2 * labelSmoothing))
      return labelSmoothing === 0 ? right : right.add(flipped)
    })()
    return {
      loss: pairMean(perRow, inputs.mask),
      perRow,
      parts: {
        chosenReward: stopGradient(chosen.mul(beta)),
        rejectedReward: stopGradient(rejected.mul(beta)),
      },
    }
  },
})
