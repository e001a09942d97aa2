/** Ratings as classes. Source: card 00-reward-model-losses. */
import { z } from 'zod'
import { arange, logSoftmax, pick, softmax } from '../engine/operations.ts'
import { checkClasses } from './check-classes.ts'
import { defineObjective } from './objective.ts'
import { pairMean } from './pair-mean.ts'

export const ratingCrossEntropy = defineObjective({
  name: 'rating-cross-entropy',
  summary: 'A classifier of ratings, whose expected rating is the reward.',
  formula: '−log softmax(logits) at the rating; score = Σ k·p_k',
  parameters: z.object({}),
  inputs: {
    logits: { description: 'one for each rating, [rows, ratings]', differentiable: true },
    rating: {
      description: 'the rating, counted from 0, [rows]',
      differentiable: false,
      dtype: 'int32',
    },
    mask: { description: 'above 0 for rows that count, [rows]', differentiable: false, optional: true },
  },
  aliases: ['Likert classification'],
  check: ({ logits, rating }) => checkClasses(rating!, logits!.shape.at(-1)!),
  compute({ logits, rating, mask }) {
    const perRow = pick(logSoftmax(logits!), rating!).neg()
    const score = softmax(logits!)
      .mul(arange(logits!.shape.at(-1)!, logits!.dtype))
      .sum(-1)
    return { loss: pairMean(perRow, mask), perRow, parts: { score } }
  },
})
