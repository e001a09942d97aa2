/**
 * Plackett–Luce: the likelihood of a whole ranking, drawn place by place.
 * Source: card 00-reward-model-losses; Plackett, 1975; ListMLE (Xia et al., 2008).
 */
import { z } from 'zod'
import { arange, logSumExp, takeLast, where } from '../engine/operations.ts'
import { GuerdonError } from '../records/error.ts'
import { asRows, awayFrom } from './list-inputs.ts'
import { defineObjective } from './objective.ts'
import { pairMean } from './pair-mean.ts'

export const plackettLuce = defineObjective({
  name: 'plackett-luce',
  summary: 'The negative log-likelihood of a ranking of several completions; two of them are Bradley–Terry.',
  formula: '−Σ_j [z_j − log Σ_{i ≥ j} e^{z_i}], z the rewards, best first; j < k with top k',
  parameters: z.object({
    k: z.number().int().min(1).optional().describe('places from the top that count; all if left out'),
  }),
  inputs: {
    rewards: { description: 'rewards, [width] or [lists, width]', differentiable: true },
    ranking: {
      description: 'places in `rewards` in order of rank, best first, of the same shape',
      differentiable: false,
      dtype: 'int32',
    },
    length: {
      description: 'how many places of the ranking are there, [lists]; all if left out',
      differentiable: false,
      optional: true,
    },
  },
  aliases: ['ListMLE', 'ranking loss', 'plackett-luce-top-k'],
  check({ rewards, ranking }) {
    const width = rewards!.shape.at(-1)!
    for (let row = 0; row < ranking!.values.length; row += width) {
      const places = Array.from(ranking!.values.slice(row, row + width))
      if (new Set(places).size !== width || places.some((place) => place < 0 || place >= width))
        throw new GuerdonError('ARGUMENT_INVALID', 'a ranking does not name every place once', {
          found: places,
          expected: `0 to ${width - 1}, each once`,
        })
    }
  },
  compute({ rewards, ranking, length }, { k }) {
    const inOrder = takeLast(asRows(rewards!), asRows(ranking!))
    const [lists, width] = inOrder.shape as [number, number]
    const places = arange(width)
    const tails = places.expand(1).lessEqual(places)
    const all = tails.expand(0)
    const there =
      length === undefined ? undefined : places.cast(length.dtype).less(length.reshape([lists, 1]))
    const seen = there === undefined ? all : all.and(there.expand(1))
    const ahead = logSumExp(inOrder.expand(1).add(awayFrom(seen, inOrder)))
    const counted = k === undefined ? undefined : places.less(Math.min(k, width)).expand(0)
    const wanted = there === undefined ? counted : counted === undefined ? there : there.and(counted)
    const terms = ahead.sub(inOrder)
    const perRow = (wanted === undefined ? terms : where(wanted, terms, 0)).sum(-1)
    // A list of one has nothing to say; it counts as a list all the same, as its loss is 0.
    return { loss: pairMean(perRow), perRow }
  },
})
