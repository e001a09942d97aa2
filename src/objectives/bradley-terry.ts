/**
 * Bradley–Terry: the negative log-likelihood that the chosen completion is preferred, with the margin, weight, mask
 * and centring that the trainers know.
 * Source: card 00-reward-model-losses; OpenRLHF `loss.py:PairWiseLoss` (and `LogExpLoss`, the same value without a
 * guard), TRL `RewardTrainer.compute_loss` (centring), NeMo-RL `PreferenceLossFn` (mask), NeMo-Aligner (weight).
 */
import { z } from 'zod'
import { softplus } from '../engine/operations.ts'
import type { Tensor } from '../engine/tensor.ts'
import { defineObjective } from './objective.ts'
import { marginInput, pairInputs } from './pair-inputs.ts'
import { pairMean, weightedMean } from './pair-mean.ts'

export const bradleyTerry = defineObjective({
  name: 'bradley-terry',
  summary: 'The usual loss of reward models on preference pairs.',
  formula: '−w·log σ(Δ − m), Δ = chosen − rejected; + λ·mean((chosen + rejected)²) with centring',
  parameters: z.object({
    centring: z.number().min(0).default(0).describe('λ of the centring term; 0.01 is usual, 0 leaves it out'),
    normaliseWeights: z
      .boolean()
      .default(false)
      .describe('divide by the sum of the weights, as if a pair were repeated w times, not by their number'),
    maskEpsilon: z
      .number()
      .min(0)
      .default(0)
      .describe('added to the number of pairs that the mask leaves; NeMo-RL has 1e-8'),
  }),
  inputs: {
    ...pairInputs,
    margin: marginInput,
    weight: { description: 'w ≥ 0 for each pair, [pairs]', differentiable: false, optional: true },
  },
  aliases: [
    'reward modelling loss',
    'pairwise logistic',
    'log-exp',
    'bradley-terry-margin',
    'bradley-terry-weighted',
    'bradley-terry-masked',
    'bradley-terry-centred',
  ],
  elsewhere: {
    trl: 'RewardTrainer; the margin column; center_rewards_coefficient',
    openrlhf: 'the reward trainer; the margin column',
    nemo: 'regular_bt; margin_bt; scaled_bt for the weight',
  },
  compute({ chosen, rejected, margin, weight, mask }, { centring, normaliseWeights, maskEpsilon }) {
    const mean = (values: Tensor): Tensor => pairMean(values, mask, maskEpsilon)
    const gap = chosen!.sub(rejected!)
    const plain = softplus((margin === undefined ? gap : gap.sub(margin)).neg())
    const perRow = weight === undefined ? plain : plain.mul(weight)
    const preference =
      weight !== undefined && normaliseWeights ? weightedMean(plain, weight, mask) : mean(perRow)
    const loss =
      centring === 0 ? preference : preference.add(mean(chosen!.add(rejected!).square()).mul(centring))
    return {
      loss,
      perRow,
      parts: {
        accuracy: mean(gap.greater(0).cast(gap.dtype)),
        chosenMean: mean(chosen!),
        rejectedMean: mean(rejected!),
      },
    }
  },
})
