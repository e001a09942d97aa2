/**
 * Bradley–Terry that draws both rewards towards 0.
 * Source: paper 36; PAR `trainers/paired_trainer.py:RewardTrainer.loss`.
 */
import { z } from 'zod'
import { softplus } from '../engine/operations.ts'
import { defineObjective } from './objective.ts'
import { pairInputs } from './pair-inputs.ts'
import { pairMean } from './pair-mean.ts'

export const bradleyTerryRegularised = defineObjective({
  name: 'bradley-terry-regularised',
  summary: 'Bradley–Terry with small rewards: unlike centring it also holds the spread down.',
  paper: {
    slug: '36-par',
    title: 'Reward Shaping to Mitigate Reward Hacking in RLHF',
    source: 'trainers/paired_trainer.py:RewardTrainer.loss',
  },
  formula: '−log σ(Δ) + λ·(chosen² + rejected²)',
  parameters: z.object({ regularisation: z.number().min(0).default(0.005).describe('λ') }),
  inputs: pairInputs,
  aliases: ['L2 on rewards'],
  compute({ chosen, rejected, mask }, { regularisation }) {
    const plain = softplus(rejected!.sub(chosen!))
    const perRow = plain.add(chosen!.square().add(rejected!.square()).mul(regularisation))
    return { loss: pairMean(perRow, mask), perRow, parts: { plain } }
  },
})
