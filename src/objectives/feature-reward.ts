/**
 * A small net on named qualities of a completion, trained by Bradley–Terry.
 * Source: paper 46; `reward_modelling/model_code.py:FFRewardModel`.
 */
import type { Parameters } from '../engine/host-tensor.ts'
import type { Activation } from '../engine/layers/layer.ts'
import { activate, linear } from '../engine/layers/linear.ts'
import { softplus } from '../engine/operations.ts'
import type { TensorTree } from '../engine/optimiser.ts'
import type { Tensor } from '../engine/tensor.ts'
import type { RandomStream } from '../numerics/random.ts'

export interface FeatureRewardOptions {
  readonly name: string
  /** number of features, each in [0, 1] */
  readonly features: number
  /** widths of hidden layers; none is a linear reward. The authors' policy runs use [6, 4, 2] */
  readonly hidden?: readonly number[]
  readonly activation?: Activation
  /**
   * `every-hidden`: an activation after every hidden layer and none on the reward. `as-published`: after the first
   * layer and after the last one, none between, so that a ReLU reward is never negative and can die.
   */
  readonly layout?: 'every-hidden' | 'as-published'
  /** weights through a softplus, so that no feature can lower the reward (with a monotone activation) */
  readonly monotone?: boolean
}

export interface FeatureReward {
  initialise(stream: RandomStream): Parameters
  /** [rows, features] → [rows] */
  apply(parameters: TensorTree, features: Tensor): Tensor
  /** σ of the reward, in (0, 1): what the authors' vectors hold beside a loss on the reward itself */
  probability(parameters: TensorTree, features: Tensor): Tensor
}

/** Layers `name.0`, `name.1`, … */
export function featureReward(options: FeatureRewardOptions): FeatureReward {
  const {
    name,
    features,
    hidden = [],
    activation = 'relu',
    layout = 'every-hidden',
    monotone = false,
  } = options
  const widths = [features, ...hidden, 1]
  const last = widths.length - 2
  const layers = widths
    .slice(1)
    .map((outputs, index) => linear({ name: `${name}.${index}`, inputs: widths[index]!, outputs }))
  const activated = (index: number): boolean =>
    layout === 'as-published' ? index === 0 || index === last : index < last
  const apply = (parameters: TensorTree, x: Tensor): Tensor => {
    const own = monotone
      ? Object.fromEntries(
          Object.entries(parameters).map(([key, value]) => [
            key,
            key.startsWith(`${name}.`) && key.endsWith('.weight') ? softplus(value) : value,
          ]),
        )
      : parameters
    return layers
      .reduce((h, layer, index) => {
        const out = layer.apply(own, h)
        return activated(index) ? activate(out, activation) : out
      }, x)
      .squeeze(-1)
  }
  return {
    initialise: (stream) =>
      Object.assign({}, ...layers.map((layer) => layer.initialise(stream))) as Parameters,
    apply,
    probability: (parameters, x) => apply(parameters, x).sigmoid(),
  }
}
