/** Step rewards as a token classification. Source: TRL `experimental/prm`. */
import { z } from 'zod'
import { logSoftmax, pick } from '../engine/operations.ts'
import { checkClasses } from './check-classes.ts'
import { defineObjective } from './objective.ts'
import { pairMean } from './pair-mean.ts'

export const processTwoClass = defineObjective({
  name: 'process-two-class',
  summary: 'A process reward model with two logits a step, as token classifiers have them.',
  formula: '−log softmax(logits) at the label, mean over labelled positions',
  parameters: z.object({ ignore: z.number().default(-100).describe('the label of unlabelled positions') }),
  inputs: {
    logits: { description: '[rows, positions, 2], wrong and right', differentiable: true },
    labels: {
      description: '0 or 1 at the last token of a step, [rows, positions]',
      differentiable: false,
      dtype: 'int32',
    },
  },
  aliases: ['process reward model', 'PRM'],
  elsewhere: { trl: 'PRMTrainer' },
  check: ({ logits, labels }, { ignore }) => checkClasses(labels!, logits!.shape.at(-1)!, ignore),
  compute({ logits, labels }, { ignore }) {
    const labelled = labels!.cast(logits!.dtype).equal(ignore).not()
    const index = labels!.mul(labelled.cast('int32'))
    const each = pick(logSoftmax(logits!), index).neg()
    return { loss: pairMean(each, labelled.cast(each.dtype)) }
  },
})
