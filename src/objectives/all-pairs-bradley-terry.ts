/**
 * Bradley–Terry over all pairs of a list that were rated differently.
 * Source: card 00-reward-model-losses; InstructGPT (Ouyang et al., 2022), equation 1: a prompt counts once.
 */
import { z } from 'zod'
import { softplus, where } from '../engine/operations.ts'
import { asRows, listMask } from './list-inputs.ts'
import { defineObjective } from './objective.ts'
import { pairMean } from './pair-mean.ts'

export const allPairsBradleyTerry = defineObjective({
  name: 'all-pairs-bradley-terry',
  summary: 'Bradley–Terry on every pair of a list with different ratings; each list counts once.',
  formula: 'mean over lists of the mean over pairs with rating_i > rating_j of −log σ(r_i − r_j)',
  parameters: z.object({}),
  inputs: {
    rewards: { description: 'rewards, [width] or [lists, width]', differentiable: true },
    ratings: { description: 'ratings of the same shape', differentiable: false },
    mask: listMask,
  },
  aliases: ['InstructGPT reward loss', 'K choose 2'],
  compute({ rewards, ratings, mask }) {
    const [own, rated] = [asRows(rewards!), asRows(ratings!)]
    const gap = own.expand(2).sub(own.expand(1))
    let better = rated.expand(2).greater(rated.expand(1))
    if (mask !== undefined) {
      const present = asRows(mask).greater(0)
      better = better.and(present.expand(2).and(present.expand(1)))
    }
    const sum = where(better, softplus(gap.neg()), 0).sum([1, 2])
    const pairs = better.cast(own.dtype).sum([1, 2])
    const perRow = sum.div(pairs.maximum(1))
    return { loss: pairMean(perRow, pairs), perRow }
  },
})
