/**
 * VPL's control encoder: a fixed number of labelled pairs, in their order, to a posterior.
 * Source: paper 55; VPL `pref_learn/models/vae.py:Encoder`.
 */

import type { Parameters } from '../engine/host-tensor.ts'
import { linear } from '../engine/layers/linear.ts'
import { mlp } from '../engine/layers/mlp.ts'
import { concat } from '../engine/operations.ts'
import type { TensorTree } from '../engine/optimiser.ts'
import type { Tensor } from '../engine/tensor.ts'
import type { RandomStream } from '../numerics/random.ts'
import type { Posterior } from './gaussian-latent.ts'

export interface SetEncoderOptions {
  readonly name: string
  /** pairs of a set; the encoder depends on their order, so shuffle them while training */
  readonly pairs: number
  /** numbers that describe one item (a segment's states one after another) */
  readonly width: number
  readonly hidden: number
  readonly latent: number
}

export interface SetEncoder {
  initialise(stream: RandomStream): Parameters
  /** first, second [sets, pairs, width], label [sets, pairs] */
  apply(parameters: TensorTree, first: Tensor, second: Tensor, label: Tensor): Posterior
}

/** Layers `name.hidden.0` to `.2` with LeakyReLU 0.2 after each, then `name.mean` and `name.logVariance`. */
export function setEncoder({ name, pairs, width, hidden, latent }: SetEncoderOptions): SetEncoder {
  const trunk = mlp({
    name: `${name}.hidden`,
    widths: [pairs * (2 * width + 1), hidden, hidden, hidden],
    activation: 'leaky-relu',
    outputActivation: 'leaky-relu',
  })
  const mean = linear({ name: `${name}.mean`, inputs: hidden, outputs: latent })
  const logVariance = linear({ name: `${name}.logVariance`, inputs: hidden, outputs: latent })
  return {
    initialise: (stream) => ({
      ...trunk.initialise(stream),
      ...mean.initialise(stream),
      ...logVariance.initialise(stream),
    }),
    apply(parameters, first, second, label) {
      const h = trunk.apply(
        parameters,
        concat([first, second, label.expand(-1)], -1).reshape([first.shape[0]!, -1]),
      )
      return { mean: mean.apply(parameters, h), logVariance: logVariance.apply(parameters, h) }
    },
  }
}
