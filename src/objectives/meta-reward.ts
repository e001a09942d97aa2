/**
 * MetaRM: gradients of the preference loss at parameters that have first moved so as to tell the current policy's
 * completions apart. They compose with a trainer's `gradients` option, whose optimiser applies them to the parameters
 * before that move.
 * Source: paper 16, section 5, equations 11 to 14 and Algorithm 1.
 */
import { z } from 'zod'
import { gradients } from '../engine/gradient.ts'
import { arange, stopGradient, where } from '../engine/operations.ts'
import type { TensorTree } from '../engine/optimiser.ts'
import type { Tensor } from '../engine/tensor.ts'
import { defineObjective } from './objective.ts'

/**
 * J = mean over prompts of (2/k²)·Σ_{i<j} σ(|r_i − r_j|): rewards of k completions a prompt, [prompts, k] → a number
 * in [0, 1). One completion gives 0; equal rewards have the gradient 0.
 */
export function responseDifference(rewards: Tensor): Tensor {
  const [prompts, count] = rewards.shape as [number, number]
  const apart = rewards.expand(2).sub(rewards.expand(1)).abs().sigmoid()
  const places = arange(count)
  return where(places.expand(1).less(places), apart, 0)
    .sum()
    .mul(2 / (count * count * prompts))
}

export const metarmDifference = defineObjective({
  name: 'metarm-difference',
  summary:
    'Tells completions of the current policy apart without any labels; the first half of a MetaRM step.',
  paper: {
    slug: '16-secrets-rlhf-2',
    title: 'Secrets of RLHF in Large Language Models, Part II: Reward Modeling',
    source: 'equation 11',
  },
  formula: '−J, J = mean over prompts of (2/k²)·Σ_{i<j} σ(|r_i − r_j|)',
  parameters: z.object({}),
  inputs: { rewards: { description: 'rewards of k completions, [prompts, k]', differentiable: true } },
  aliases: ['MetaRM'],
  compute({ rewards }) {
    const value = responseDifference(rewards!)
    return { loss: value.neg(), parts: { value } }
  },
})

export interface MetaRewardOptions {
  /** J on a batch without labels: usually `responseDifference` of the rewards of its completions */
  readonly difference: (parameters: TensorTree, batch: TensorTree) => Tensor
  /** the preference loss on a batch with labels */
  readonly loss: (parameters: TensorTree, batch: TensorTree) => Tensor
  /** η: how far the parameters move along ∇J */
  readonly metaRate: number
  /** parameters that neither move nor learn */
  readonly frozen?: (name: string) => boolean
}

export interface MetaRewardGradients {
  /** the preference loss at the moved parameters */
  readonly value: Tensor
  /** first-order gradients there, for every parameter that is not frozen */
  readonly gradients: TensorTree
  /** J before the move */
  readonly difference: Tensor
  /** the moved parameters θ′ = θ + η·∇J */
  readonly adapted: TensorTree
}

/** The `gradients` of a trainer that learns as MetaRM does. */
export function metaRewardGradients(
  options: MetaRewardOptions,
): (parameters: TensorTree, batch: TensorTree) => MetaRewardGradients {
  const { difference: measure, loss, metaRate, frozen = () => false } = options
  return (parameters, batch) => {
    const names = Object.keys(parameters).filter((name) => !frozen(name))
    const free = names.map((name) => parameters[name]!)
    const difference = measure(parameters, batch)
    const upwards = gradients(difference, free)
    // θ′ is a constant for what follows: the gradient is of first order.
    const moved = free.map((tensor, index) => stopGradient(tensor.add(upwards[index]!.mul(metaRate))))
    const adapted = Object.fromEntries(names.map((name, index) => [name, moved[index]!]))
    const value = loss({ ...parameters, ...adapted }, batch)
    const found = gradients(value, moved)
    return {
      value,
      gradients: Object.fromEntries(names.map((name, index) => [name, found[index]!])),
      difference,
      adapted,
    }
  }
}
