/**
 * The ranking loss on scored lists, over all ordered pairs of a batch, plain or weighted by source.
 * Source: paper 43, MORE `trainer.py:ranking_loss` and `more_ranking_loss`.
 */
import { z } from 'zod'
import { arange, softplus, where } from '../engine/operations.ts'
import type { Tensor } from '../engine/tensor.ts'
import { asRows } from './list-inputs.ts'
import { defineObjective } from './objective.ts'

const inputs = {
  rewards: { description: 'rewards, [lists, width]', differentiable: true },
  scores: {
    description: 'scores of the same shape; below 0 where there is no completion',
    differentiable: false,
  },
} as const

const paper = {
  slug: '43-more',
  title: 'On Diversified Preferences of Large Language Model Alignment',
} as const

/** Σ −log σ of a list's ordered pairs (both orders count), [lists], and their number in the batch, at least 1. */
function orderedPairs(rewards: Tensor, scores: Tensor): { readonly sums: Tensor; readonly pairs: Tensor } {
  const gap = rewards.expand(2).sub(rewards.expand(1))
  const [own, other] = [scores.expand(2), scores.expand(1)]
  const compared = own.greaterEqual(0).and(other.greaterEqual(0)).and(own.equal(other).not())
  const right = where(own.greater(other), gap, gap.neg())
  return {
    sums: where(compared, softplus(right.neg()), 0).sum([1, 2]),
    pairs: compared.cast(rewards.dtype).sum().maximum(1),
  }
}

export const moreRanking = defineObjective({
  name: 'more-ranking',
  summary: 'Bradley–Terry over all pairs of scored lists, each pair of the batch counting the same.',
  paper: { ...paper, source: 'trainer.py:ranking_loss' },
  formula: '−Σ log σ((r_i − r_j)·sign(s_i − s_j)) / number of ordered pairs with different scores',
  parameters: z.object({}),
  inputs,
  aliases: ['ranking loss'],
  compute({ rewards, scores }) {
    const { sums, pairs } = orderedPairs(asRows(rewards!), asRows(scores!))
    return { loss: sums.sum().div(pairs) }
  },
})

/** How many different numbers there are: those that do not stand at an earlier place. */
function distinct(ids: Tensor): Tensor {
  const count = ids.shape[0]!
  const earlier = arange(count).less(arange(count).expand(1))
  const seen = ids.expand(0).equal(ids.expand(1)).and(earlier)
  return seen.cast(ids.dtype).sum(1).equal(0).cast(ids.dtype).sum()
}

export const moreWeightedRanking = defineObjective({
  name: 'more-weighted-ranking',
  summary: 'The ranking loss of several sources with a weight for each; equal weights give the plain mean.',
  paper: { ...paper, source: 'trainer.py:more_ranking_loss' },
  formula: 'T·Σ λ_list·(sum of the list’s −log σ) / number of ordered pairs, T the sources present',
  parameters: z.object({}),
  inputs: {
    ...inputs,
    weights: { description: 'λ of the list’s source, [lists]', differentiable: false },
    sources: {
      description: 'a number for the source of each list, [lists]; each list its own if left out',
      differentiable: false,
      optional: true,
    },
  },
  aliases: ['MORE', 'multi-objective reward loss'],
  compute({ rewards, scores, weights, sources }) {
    const { sums, pairs } = orderedPairs(asRows(rewards!), asRows(scores!))
    const weighted = sums.mul(weights!).sum().div(pairs)
    return {
      loss:
        sources === undefined ? weighted.mul(sums.size) : weighted.mul(distinct(sources).cast(sums.dtype)),
    }
  },
})
