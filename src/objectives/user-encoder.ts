/**
 * VPL's language encoder: any number of a user's preference pairs, in any order, to a posterior.
 * Source: paper 55; vpl_llm `hidden_context/vae_utils.py:PairEncoder, SequenceEncoder`.
 */
import type { Parameters } from '../engine/host-tensor.ts'
import { linear } from '../engine/layers/linear.ts'
import { mlp } from '../engine/layers/mlp.ts'
import { concat, softmax, where } from '../engine/operations.ts'
import type { TensorTree } from '../engine/optimiser.ts'
import { matmul, type Tensor } from '../engine/tensor.ts'
import type { RandomStream } from '../numerics/random.ts'
import { heldPosterior, type Posterior } from './gaussian-latent.ts'

export interface UserEncoderOptions {
  readonly name: string
  /** width of an embedding */
  readonly width: number
  readonly hidden: number
  readonly latent: number
}

export interface UserEncoder {
  initialise(stream: RandomStream): Parameters
  /**
   * chosen, rejected [users, pairs, width]; mask [users, pairs], above 0 for pairs that are there. Mean and
   * log-variance are held in [−1, 1]. A user without pairs gets what the layers make of zeros.
   */
  apply(parameters: TensorTree, chosen: Tensor, rejected: Tensor, mask?: Tensor): Posterior
}

/**
 * Layers `name.pair.0` to `.2` (LeakyReLU 0.2 between them), one self-attention `name.query`, `.key`, `.value` with
 * scores /√latent, the mean over the pairs, then `name.mean` and `name.logVariance`.
 */
export function userEncoder({ name, width, hidden, latent }: UserEncoderOptions): UserEncoder {
  const pair = mlp({
    name: `${name}.pair`,
    widths: [2 * width, hidden, hidden, latent],
    activation: 'leaky-relu',
  })
  const square = (part: string) => linear({ name: `${name}.${part}`, inputs: latent, outputs: latent })
  const [query, key, value] = [square('query'), square('key'), square('value')]
  const [mean, logVariance] = [square('mean'), square('logVariance')]
  return {
    initialise: (stream) =>
      Object.assign(
        {},
        ...[pair, query, key, value, mean, logVariance].map((layer) => layer.initialise(stream)),
      ) as Parameters,
    apply(parameters, chosen, rejected, mask) {
      const pairs = pair.apply(parameters, concat([chosen, rejected], -1))
      const present = mask?.greater(0)
      const scores = matmul(query.apply(parameters, pairs), key.apply(parameters, pairs), false, true).mul(
        1 / Math.sqrt(latent),
      )
      const seen = present === undefined ? scores : where(present.expand(1), scores, -1e9)
      const mixed = matmul(softmax(seen), value.apply(parameters, pairs))
      const of =
        present === undefined
          ? mixed.mean(1)
          : where(present.expand(2), mixed, 0).sum(1).div(present.cast(mixed.dtype).sum(1, true).maximum(1))
      return heldPosterior({
        mean: mean.apply(parameters, of),
        logVariance: logVariance.apply(parameters, of),
      })
    },
  }
}
