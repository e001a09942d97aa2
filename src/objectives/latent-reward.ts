/** A reward of an item and a user's latent. Source: paper 55; VPL `vae.py:Decoder`, vpl_llm `vae_utils.py:Decoder`. */
import type { Parameters } from '../engine/host-tensor.ts'
import { mlp } from '../engine/layers/mlp.ts'
import { concat } from '../engine/operations.ts'
import type { TensorTree } from '../engine/optimiser.ts'
import type { Tensor } from '../engine/tensor.ts'
import type { RandomStream } from '../numerics/random.ts'

export interface LatentRewardOptions {
  readonly name: string
  readonly width: number
  readonly latent: number
  readonly hidden: number
  /** hidden layers: 3 in the control version, 2 in the language version */
  readonly layers: number
}

export interface LatentReward {
  initialise(stream: RandomStream): Parameters
  /** items [sets, …, width] and latent [sets, latent] → [sets, …] */
  apply(parameters: TensorTree, items: Tensor, latent: Tensor): Tensor
}

/** Layers `name.0`, … with LeakyReLU 0.2 between them on [item, latent]. */
export function latentReward({ name, width, latent, hidden, layers }: LatentRewardOptions): LatentReward {
  const net = mlp({
    name,
    widths: [width + latent, ...Array.from({ length: layers }, () => hidden), 1],
    activation: 'leaky-relu',
  })
  return {
    initialise: (stream) => net.initialise(stream),
    apply(parameters, items, own) {
      const lead = items.shape.slice(0, -1)
      const spread = own
        .reshape([own.shape[0]!, ...lead.slice(1).map(() => 1), latent])
        .broadcast([...lead, latent])
      return net.apply(parameters, concat([items, spread], -1)).squeeze(-1)
    },
  }
}
