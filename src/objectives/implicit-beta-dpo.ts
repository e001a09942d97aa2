/**
 * DPO with one β for a batch, from the policy's own margins: β-DPO, the default of MM-RLHF's released code, which its
 * paper reports as not working there.
 * Source: paper 08; MM-RLHF `trl/trainer/dpo_trainer.py:dpo_loss` with implicit_beta on; Wu et al., 2024 (β-DPO).
 */
import { z } from 'zod'
import { gather, softplus, stopGradient, topK, where } from '../engine/operations.ts'
import { full, type Tensor } from '../engine/tensor.ts'
import { logRatios, policyInputs } from './implicit-rewards.ts'
import { defineObjective } from './objective.ts'
import { pairMean } from './pair-mean.ts'

/**
 * How many pairs of a batch are drawn: the share, rounded down, but one at least.
 *
 * @example drawnPairs(6, 0.8) // 4
 */
export const drawnPairs = (pairs: number, share: number): number => Math.max(1, Math.floor(pairs * share))

export const implicitBetaDpo = defineObjective({
  name: 'implicit-beta-dpo',
  summary: 'DPO whose β follows the margins of the batch; for comparison with a β from a reward model.',
  paper: {
    slug: '08-mm-rlhf',
    title: 'MM-RLHF: The Next Step Forward in Multimodal LLM Alignment',
    source: 'trl/trainer/dpo_trainer.py:dpo_loss',
  },
  formula:
    'A = log-ratio differences; draw pairs with weights exp(−½((A − mean)/(std + 1e-7))²); β′ = max(0.001, β·(1 + w·(mean of drawn A − mean A))); −log σ(β′·A)',
  parameters: z.object({
    beta: z.number().positive().default(0.1).describe('β'),
    growth: z.number().default(0.5).describe('w'),
    share: z.number().gt(0).max(1).default(0.8).describe('share of the pairs that is drawn'),
  }),
  inputs: {
    policyChosen: policyInputs.policyChosen,
    policyRejected: policyInputs.policyRejected,
    referenceChosen: policyInputs.referenceChosen,
    referenceRejected: policyInputs.referenceRejected,
    keep: {
      description: 'above 0 for the pairs that were drawn, [pairs]',
      differentiable: false,
      optional: true,
    },
    gumbel: {
      description: 'Gumbel noise, [pairs]: draws the pairs in place of `keep`; without both, all are kept',
      differentiable: false,
      optional: true,
    },
  },
  aliases: ['β-DPO', 'direct preference optimisation'],
  compute({ keep, gumbel, ...log }, { beta, growth, share }) {
    const { difference } = logRatios(log)
    const margins = stopGradient(difference)
    const pairs = margins.size
    const mean = margins.mean()
    const centred = margins.sub(mean)
    const deviation =
      pairs === 1
        ? full([], 0, margins.dtype)
        : centred
            .square()
            .sum()
            .mul(1 / (pairs - 1))
            .sqrt()
    const logWeight = centred.div(deviation.add(1e-7)).square().mul(-0.5)
    const drawnMean = ((): Tensor => {
      if (keep !== undefined) {
        const kept = keep.greater(0)
        return where(kept, margins, 0).sum().div(kept.cast(margins.dtype).sum().maximum(1))
      }
      if (gumbel === undefined) return mean
      return gather(margins, topK(logWeight.add(gumbel), drawnPairs(pairs, share)).indices).mean()
    })()
    const own = drawnMean.sub(mean).mul(growth).add(1).mul(beta).maximum(1e-3)
    const perRow = softplus(difference.mul(own).neg())
    return { loss: pairMean(perRow), perRow, parts: { samplingWeight: logWeight.exp(), beta: own } }
  },
})
