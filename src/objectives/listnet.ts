/** ListNet: the cross-entropy of two softmaxes. Source: card 00-reward-model-losses; Cao et al., 2007. */
import { z } from 'zod'
import { logSoftmax, softmax, where } from '../engine/operations.ts'
import { asRows, awayFrom, listMask } from './list-inputs.ts'
import { defineObjective } from './objective.ts'
import { pairMean } from './pair-mean.ts'

export const listnet = defineObjective({
  name: 'listnet',
  summary: 'Fits a list of rewards to a list of ratings through their softmaxes.',
  formula: '−Σ softmax(rating/T)·log softmax(reward)',
  parameters: z.object({ temperature: z.number().positive().default(1).describe('T of the ratings') }),
  inputs: {
    rewards: { description: 'rewards, [width] or [lists, width]', differentiable: true },
    ratings: { description: 'ratings of the same shape', differentiable: false },
    mask: listMask,
  },
  aliases: ['top-one probability'],
  compute({ rewards, ratings, mask }, { temperature }) {
    const [own, wanted] = [asRows(rewards!), asRows(ratings!).mul(1 / temperature)]
    const present = mask === undefined ? undefined : asRows(mask).greater(0)
    const away = present === undefined ? undefined : awayFrom(present, own)
    const target = softmax(away === undefined ? wanted : wanted.add(away))
    const logs = logSoftmax(away === undefined ? own : own.add(away))
    const terms = target.mul(logs)
    const perRow = (present === undefined ? terms : where(present, terms, 0)).sum(-1).neg()
    return { loss: pairMean(perRow), perRow }
  },
})
