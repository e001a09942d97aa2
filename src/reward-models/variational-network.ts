/** The network of variational preference learning: an encoder of a user's pairs, and a reward that reads its latent. */
import { type HostTensor, hostTensor } from '../engine/host-tensor.ts'
import type { TensorTree } from '../engine/optimiser.ts'
import { full, type Tensor } from '../engine/tensor.ts'
import type { RandomStream } from '../numerics/random.ts'
import type { Posterior } from '../objectives/gaussian-latent.ts'
import { latentReward } from '../objectives/latent-reward.ts'
import { setEncoder } from '../objectives/set-encoder.ts'
import { userEncoder } from '../objectives/user-encoder.ts'

export interface VariationalNetworkOptions {
  readonly encoder: 'attention' | 'ordered'
  readonly context: number
  readonly latent: number
  readonly hidden: number
  readonly prior: 'standard' | 'learned'
}

export interface VariationalNetwork {
  initialise(stream: RandomStream): Record<string, HostTensor>
  /** chosen, rejected [sets, context, width]; mask [sets, context] */
  encode(weights: TensorTree, chosen: Tensor, rejected: Tensor, mask: Tensor): Posterior
  /** items [sets, …, width] and latent [sets, latent] → [sets, …] */
  reward(weights: TensorTree, items: Tensor, latent: Tensor): Tensor
  /** of a learned prior, [latent] each */
  prior(weights: TensorTree): Posterior | undefined
}

/**
 * `attention` takes a context of any size in any order; `ordered` takes exactly `context` pairs in their order, the
 * preferred item first, so that its label is always 1. The first has two hidden layers in the reward, the second
 * three, as the authors' two programs have.
 */
export function variationalNetwork(width: number, options: VariationalNetworkOptions): VariationalNetwork {
  const { context, latent, hidden } = options
  const name = 'encoder'
  const attention = userEncoder({ name, width, hidden, latent })
  const ordered = setEncoder({ name, pairs: context, width, hidden, latent })
  const own = options.encoder === 'attention' ? attention : ordered
  const layers = options.encoder === 'attention' ? 2 : 3
  const decoder = latentReward({ name: 'reward', width, latent, hidden, layers })
  return {
    initialise: (stream) => ({
      ...own.initialise(stream),
      ...decoder.initialise(stream),
      ...(options.prior === 'learned' && {
        'prior.mean': hostTensor(new Float32Array(latent), [latent]),
        'prior.logVariance': hostTensor(new Float32Array(latent), [latent]),
      }),
    }),
    encode: (weights, chosen, rejected, mask) =>
      options.encoder === 'attention'
        ? attention.apply(weights, chosen, rejected, mask)
        : ordered.apply(weights, chosen, rejected, full(mask.shape, 1)),
    reward: (weights, items, z) => decoder.apply(weights, items, z),
    prior: (weights) =>
      options.prior === 'learned'
        ? { mean: weights['prior.mean']!, logVariance: weights['prior.logVariance']! }
        : undefined,
  }
}
