/**
 * Ratings as thresholds on one reward: the cumulative logit model.
 * Source: card 00-reward-model-losses; McCullagh, 1980.
 */
import { z } from 'zod'
import { concat, pad, pick, softplus } from '../engine/operations.ts'
import type { Tensor } from '../engine/tensor.ts'
import { GuerdonError } from '../records/error.ts'
import { checkClasses } from './check-classes.ts'
import { logOfComplement } from './log-of-complement.ts'
import { defineObjective } from './objective.ts'
import { pairMean } from './pair-mean.ts'

/** Increasing thresholds from free numbers: the first one, then steps of softplus. [n] → [n]. */
export function increasingThresholds(raw: Tensor): Tensor {
  let last = raw.slice(0, 0, 1)
  const all = [last]
  for (let place = 1; place < raw.size; place++) {
    last = last.add(softplus(raw.slice(0, place, place + 1)))
    all.push(last)
  }
  return concat(all)
}

export const ordinalLogit = defineObjective({
  name: 'ordinal-logit',
  summary: 'Ratings on a scale whose steps need not be equal: thresholds are learned beside the reward.',
  formula: 'P(rating ≤ k) = σ(t_k − r); −log P(rating = k)',
  parameters: z.object({}),
  inputs: {
    rewards: { description: 'rewards, [rows]', differentiable: true },
    thresholds: {
      description: 'increasing, one fewer than ratings; `increasingThresholds` of free numbers',
      differentiable: true,
    },
    rating: {
      description: 'the rating, counted from 0, [rows]',
      differentiable: false,
      dtype: 'int32',
    },
    mask: { description: 'above 0 for rows that count, [rows]', differentiable: false, optional: true },
  },
  aliases: ['proportional odds', 'cumulative link'],
  check({ thresholds, rating }) {
    checkClasses(rating!, thresholds!.values.length + 1)
    const falling = Array.from(thresholds!.values).findIndex(
      (value, place, all) => place > 0 && !(value > all[place - 1]!),
    )
    if (falling >= 0)
      throw new GuerdonError('ARGUMENT_INVALID', 'thresholds of ratings must increase', {
        found: Array.from(thresholds!.values),
      })
  },
  compute({ rewards, thresholds, rating, mask }) {
    const count = thresholds!.size
    const ahead = thresholds!.expand(0).sub(rewards!.expand(1))
    const below = pad(softplus(ahead.neg()).neg(), [0, 0], [0, 1])
    const above = pad(softplus(ahead).neg(), [0, 1], [0, 0])
    let logs = below.add(above)
    if (count > 1) {
      // σ(b) − σ(a) = σ(b)·σ(−a)·(1 − e^−(b − a)), of which the last factor does not depend on the reward.
      const between = logOfComplement(thresholds!.slice(0, 1).sub(thresholds!.slice(0, 0, count - 1)))
      logs = logs.add(pad(between, [1], [1]))
    }
    const perRow = pick(logs, rating!).neg()
    return { loss: pairMean(perRow, mask), perRow, parts: { probability: logs.exp() } }
  },
})
