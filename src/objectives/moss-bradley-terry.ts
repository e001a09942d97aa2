/**
 * Bradley–Terry with a constant inside the logarithm, as MOSS-RLHF has it: bounded by −log ε, with a gradient that
 * dies for pairs that are very wrong.
 * Source: paper 16; MOSS-RLHF `rm/reward_trainer.py:RewardTrainer._criterion`.
 */
import { z } from 'zod'
import { defineObjective } from './objective.ts'
import { pairInputs } from './pair-inputs.ts'
import { pairMean } from './pair-mean.ts'

export const mossBradleyTerry = defineObjective({
  name: 'moss-bradley-terry',
  summary: 'The loss of the MOSS-RLHF repository, which gives up on pairs that are very wrong.',
  paper: {
    slug: '16-secrets-rlhf-2',
    title: 'Secrets of RLHF in Large Language Models, Part II: Reward Modeling',
    source: 'rm/reward_trainer.py:RewardTrainer._criterion',
  },
  formula: '−log(σ(Δ) + ε)',
  parameters: z.object({
    epsilon: z.number().positive().default(1e-5).describe('ε; the loss is at most −log ε'),
  }),
  inputs: pairInputs,
  aliases: ['MOSS-RLHF'],
  compute({ chosen, rejected, mask }, { epsilon }) {
    const gap = chosen!.sub(rejected!)
    const perRow = gap.sigmoid().add(epsilon).log().neg()
    return {
      loss: pairMean(perRow, mask),
      perRow,
      parts: { accuracy: pairMean(gap.greater(0).cast(gap.dtype), mask) },
    }
  },
})
