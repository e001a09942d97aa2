/** Step rewards as probabilities. Source: card 00-reward-model-losses; TRL `experimental/prm` for where labels stand. */
import { z } from 'zod'
import { softplus, where } from '../engine/operations.ts'
import { full } from '../engine/tensor.ts'
import { defineObjective } from './objective.ts'
import { pairMean } from './pair-mean.ts'

export const processBce = defineObjective({
  name: 'process-bce',
  summary: 'A process reward model with one logit a step; labels may be probabilities.',
  formula: '−[y·log σ(z) + (1 − y)·log σ(−z)], mean over labelled positions',
  parameters: z.object({ ignore: z.number().default(-100).describe('the label of unlabelled positions') }),
  inputs: {
    logits: { description: 'one for each position, [rows, positions]', differentiable: true },
    labels: {
      description: 'y in [0, 1] at the last token of a step, of the same shape',
      differentiable: false,
    },
  },
  aliases: ['process reward model', 'PRM'],
  compute({ logits, labels }, { ignore }) {
    const labelled = labels!.equal(ignore).not()
    const y = where(labelled, labels!, 0)
    const other = full([], 1, y.dtype).sub(y)
    const each = softplus(logits!.neg()).mul(y).add(softplus(logits!).mul(other))
    return { loss: pairMean(each, labelled.cast(each.dtype)) }
  },
})
