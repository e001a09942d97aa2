/**
 * A reward model that writes a critique before it scores: preference, ties, centring and the critiques' own likelihood.
 * Source: paper 08; MM-RLHF `trl/trainer/reward_trainer.py:compute_loss`, in its order of terms.
 */
import { z } from 'zod'
import { full } from '../engine/tensor.ts'
import { tieInput, withTies } from './bradley-terry-tie-squared.ts'
import { defineObjective } from './objective.ts'
import { marginInput, pairInputs } from './pair-inputs.ts'
import { pairMean } from './pair-mean.ts'

const critiqueLoss = (which: string) =>
  ({
    description: `negative log-likelihood of the ${which} completions’ critiques, a token mean: one number or [pairs]`,
    differentiable: true,
    optional: true,
  }) as const

export const critiqueReward = defineObjective({
  name: 'critique-reward',
  summary: 'Trains a scoring head on (prompt, completion, critique) together with the writing of critiques.',
  paper: {
    slug: '08-mm-rlhf',
    title: 'MM-RLHF: The Next Step Forward in Multimodal LLM Alignment',
    source: 'trl/trainer/reward_trainer.py:compute_loss',
  },
  formula:
    'v·[mean over winners of −log σ(Δ − m) + w_tie·mean over ties of Δ²] + λ·mean((c + r)²) + mean(w_critic·(L⁺ + L⁻)·(1 − none))',
  parameters: z.object({
    tieWeight: z.number().min(0).default(0.5).describe('w_tie'),
    rewardWeight: z.number().min(0).default(1).describe('v, before centring'),
    centring: z.number().min(0).default(0.01).describe('λ, over all pairs'),
    critiqueWeight: z.number().min(0).default(1).describe('w_critic'),
  }),
  inputs: {
    ...pairInputs,
    margin: marginInput,
    tie: { ...tieInput, optional: true },
    critiqueLossChosen: critiqueLoss('chosen'),
    critiqueLossRejected: critiqueLoss('rejected'),
    noCritique: {
      description: '1 for pairs without critiques, [pairs]',
      differentiable: false,
      optional: true,
    },
  },
  aliases: ['MM-RLHF reward', 'critique then score'],
  compute(inputs, { tieWeight, rewardWeight, centring, critiqueWeight }) {
    const { chosen, rejected, tie, margin, mask, critiqueLossChosen, critiqueLossRejected, noCritique } =
      inputs
    const { loss: preference, perRow } = withTies(
      { chosen: chosen!, rejected: rejected!, tie, margin, mask },
      tieWeight,
    )
    const centre = pairMean(chosen!.add(rejected!).square(), mask)
    const none = full([], 0, chosen!.dtype)
    const both = (critiqueLossChosen ?? none).add(critiqueLossRejected ?? none)
    const there = none.add(1).sub(noCritique ?? none)
    const critique = pairMean(both.mul(there).broadcast(chosen!.shape), mask)
    return {
      loss: preference.mul(rewardWeight).add(centre.mul(centring)).add(critique.mul(critiqueWeight)),
      perRow,
      parts: { preference, centring: centre, critique },
    }
  },
})
