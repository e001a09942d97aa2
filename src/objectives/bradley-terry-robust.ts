/**
 * Bradley–Terry whose expectation over wrong labels is the loss on right ones.
 * Source: card 00-reward-model-losses; TRL `dpo_trainer.py`, loss type robust (Chowdhury et al., 2024).
 */
import { z } from 'zod'
import { softplus } from '../engine/operations.ts'
import { defineObjective } from './objective.ts'
import { pairInputs } from './pair-inputs.ts'
import { pairMean } from './pair-mean.ts'

export const bradleyTerryRobust = defineObjective({
  name: 'bradley-terry-robust',
  summary: 'Bradley–Terry when a known share of the labels is flipped at random; a batch may be below 0.',
  formula: '[−(1 − ε)·log σ(Δ) + ε·log σ(−Δ)] / (1 − 2ε)',
  parameters: z.object({
    flipRate: z.number().min(0).lt(0.5).default(0.1).describe('ε, the share of flipped labels, below ½'),
  }),
  inputs: pairInputs,
  aliases: ['robust DPO', 'rDPO', 'noisy labels', 'flipped labels'],
  elsewhere: { trl: 'loss_type robust with label_smoothing (DPO)' },
  compute({ chosen, rejected, mask }, { flipRate }) {
    const gap = chosen!.sub(rejected!)
    const scale = 1 / (1 - 2 * flipRate)
    const perRow = softplus(gap.neg())
      .mul((1 - flipRate) * scale)
      .sub(softplus(gap).mul(flipRate * scale))
    return { loss: pairMean(perRow, mask), perRow }
  },
})
