/** The network of variational preference learning: an encoder of a user's pairs, and a reward that reads its latent. */
import { z } from 'zod'
import { type HostTensor, hostTensor } from '../engine/host-tensor.ts'
import type { TensorTree } from '../engine/optimiser.ts'
import { full, type Tensor } from '../engine/tensor.ts'
import type { RandomStream } from '../numerics/random.ts'
import type { Posterior } from '../objectives/gaussian-latent.ts'
import { latentReward } from '../objectives/latent-reward.ts'
import { setEncoder } from '../objectives/set-encoder.ts'
import { userEncoder } from '../objectives/user-encoder.ts'

export const variationalParameters = z.object({
  encoder: z
    .enum(['attention', 'ordered'])
    .default('attention')
    .describe(
      'any number of pairs in any order, or exactly `context` pairs in their order (control version)',
    ),
  context: z.number().int().min(1).default(8).describe('most pairs that the encoder reads at once'),
  fewest: z.number().int().min(1).default(2).describe('fewest pairs of a context while training (attention)'),
  targets: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe(
      'other pairs of the user that the latent must explain; 0: those of the context (control version)',
    ),
  latent: z.number().int().min(1).default(16).describe('width of a user’s latent'),
  hidden: z.number().int().min(1).default(64).describe('width of the hidden layers'),
  prior: z.enum(['learned', 'standard']).default('learned').describe('diagonal Gaussian, or N(0, I)'),
  form: z
    .enum(['language', 'control'])
    .default('language')
    .describe('of the loss: means and the divergence with its ½, or sums and twice the divergence'),
  divergence: z.number().min(0).default(0.05).describe('largest weight of the divergence from the prior'),
  cycles: z
    .number()
    .int()
    .min(0)
    .default(4)
    .describe('times the weight rises along half a cosine; 0: it is always the largest'),
  baseline: z.number().min(0).max(1).default(0).describe('share of the weight at which a rise begins'),
  length: z
    .enum(['free', 'training', 'always'])
    .default('free')
    .describe('latents scaled to √width: never, while training only (as published for language), or always'),
  sets: z.number().int().min(1).default(32).describe('sets of pairs a step, each of one user'),
  epochs: z.number().int().min(1).default(60).describe('passes over the users’ sets'),
  rate: z.number().positive().default(1e-3).describe('largest learning rate'),
  schedule: z.enum(['constant', 'cosine']).default('cosine').describe('of the learning rate'),
  weightDecay: z.number().min(0).default(0).describe('AdamW’s decay of the weight matrices'),
})

export type VariationalParameters = z.output<typeof variationalParameters>

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
export function variationalNetwork(width: number, options: VariationalParameters): VariationalNetwork {
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
