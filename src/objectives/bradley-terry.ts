/**
 * Bradley–Terry: the negative log-likelihood that the chosen completion is preferred.
 * Source: card 00-reward-model-losses; OpenRLHF, TRL, NeMo use the same value.
 */
import { z } from 'zod'
import { softplus } from '../engine/operations.ts'
import { defineObjective } from './objective.ts'
import { pairMean } from './pair-mean.ts'

export const bradleyTerry = defineObjective({
  name: 'bradley-terry',
  summary: 'The usual loss of reward models on preference pairs.',
  formula: '−log σ(Δ − m), Δ = chosen − rejected; + λ·mean((chosen + rejected)²) with centring',
  parameters: z.object({
    centring: z.number().min(0).default(0).describe('λ of the centring term; 0.01 is usual, 0 leaves it out'),
  }),
  inputs: {
    chosen: { description: 'rewards of the chosen completions, [pairs]', differentiable: true },
    rejected: { description: 'rewards of the rejected completions, [pairs]', differentiable: true },
    margin: { description: 'm for each pair, [pairs]', differentiable: false, optional: true },
    mask: { description: '1 for pairs that count, [pairs]', differentiable: false, optional: true },
  },
  aliases: ['reward modelling loss', 'pairwise logistic'],
  elsewhere: {
    trl: 'RewardTrainer; the margin column; center_rewards_coefficient',
    openrlhf: 'the margin column',
  },
  compute({ chosen, rejected, margin, mask }, { centring }) {
    const difference = margin === undefined ? chosen!.sub(rejected!) : chosen!.sub(rejected!).sub(margin)
    const perRow = softplus(difference.neg())
    const loss = pairMean(perRow, mask)
    if (centring === 0) return { loss, perRow }
    return { loss: loss.add(pairMean(chosen!.add(rejected!).square(), mask).mul(centring)), perRow }
  },
})
