/**
 * KTO on pairs: both completions against the batch's divergence from the reference policy on the other side.
 * Source: TRL and MM-RLHF `trl/trainer/dpo_trainer.py:dpo_loss`, loss type kto_pair; Ethayarajh et al., 2024.
 */
import { z } from 'zod'
import { concat, relu } from '../engine/operations.ts'
import { logRatios, policyInputs } from './implicit-rewards.ts'
import { defineObjective } from './objective.ts'
import { pairMean } from './pair-mean.ts'

export const ktoPair = defineObjective({
  name: 'kto-pair',
  summary:
    'A loss on paired data that saturates on both sides; the divergences carry a gradient, as in the code.',
  paper: {
    slug: '08-mm-rlhf',
    title: 'MM-RLHF: The Next Step Forward in Multimodal LLM Alignment',
    source: 'trl/trainer/dpo_trainer.py:dpo_loss',
  },
  formula:
    '1 − σ(β(c − max(0, mean r))) for chosen, 1 − σ(β(max(0, mean c) − r)) for rejected; c, r the log-ratios; rows: all chosen, then all rejected',
  parameters: z.object({ beta: z.number().positive().default(0.1).describe('β') }),
  inputs: {
    policyChosen: policyInputs.policyChosen,
    policyRejected: policyInputs.policyRejected,
    referenceChosen: policyInputs.referenceChosen,
    referenceRejected: policyInputs.referenceRejected,
  },
  aliases: ['KTO'],
  elsewhere: { trl: 'loss_type kto_pair (until 0.9)' },
  compute(inputs, { beta }) {
    const { chosen, rejected } = logRatios(inputs)
    const perRow = concat([
      chosen.sub(relu(rejected.mean())).mul(-beta).sigmoid(),
      rejected.sub(relu(chosen.mean())).mul(beta).sigmoid(),
    ])
    return { loss: pairMean(perRow), perRow }
  },
})
