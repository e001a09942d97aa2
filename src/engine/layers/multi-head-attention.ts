/** Self-attention with several heads (Vaswani and others, 2017), parameters as in PyTorch's `MultiheadAttention`. */
import { GuerdonError } from '../../records/error.ts'
import { hostTensor } from '../host-tensor.ts'
import { causalMask, softmax } from '../operations.ts'
import type { TensorTree } from '../optimiser.ts'
import { matmul, type Tensor } from '../tensor.ts'
import type { Layer } from './layer.ts'
import { affine, linear, uniform } from './linear.ts'

export interface MultiHeadAttentionOptions {
  readonly name: string
  readonly width: number
  readonly heads: number
  /** true: a place sees itself and what stands before it */
  readonly causal?: boolean
}

/** The keys and values of one position, or of all earlier ones: [batch, heads, places, width / heads]. */
export interface KeyValue {
  readonly key: Tensor
  readonly value: Tensor
}

export interface MultiHeadAttention extends Layer {
  /**
   * x [batch, places, width] → the same shape. The mask is added to the scores and must broadcast to
   * [batch, heads, places, places]: 0 where a place may look, −1e9 where not.
   */
  apply(parameters: TensorTree, x: Tensor, mask?: Tensor): Tensor
  /**
   * One further place of each sequence: x [batch, width] and what is kept of earlier places → the result and this
   * place's key and value. `past` is added to the earlier places' scores: −1e9 for places not yet filled.
   */
  step(parameters: TensorTree, x: Tensor, kept: KeyValue, past: Tensor): { readonly out: Tensor } & KeyValue
}

/**
 * `in_proj_weight` [3·width, width] (Xavier uniform) and `in_proj_bias` (0) for query, key and value, `out_proj` as a
 * linear layer with bias 0.
 * @throws GuerdonError ARGUMENT_INVALID when the heads do not divide the width
 */
export function multiHeadAttention({
  name,
  width,
  heads,
  causal = false,
}: MultiHeadAttentionOptions): MultiHeadAttention {
  if (width % heads !== 0)
    throw new GuerdonError('ARGUMENT_INVALID', `a width of ${width} cannot be cut into ${heads} heads`)
  const own = width / heads
  const out = linear({ name: `${name}.out_proj`, inputs: width, outputs: width })
  const project = (parameters: TensorTree, x: Tensor): Tensor =>
    affine(x, parameters[`${name}.in_proj_weight`]!, parameters[`${name}.in_proj_bias`]!)
  return {
    initialise: (stream) => ({
      [`${name}.in_proj_weight`]: uniform(
        stream.derive(`${name}.in_proj_weight`),
        [3 * width, width],
        Math.sqrt(6 / (4 * width)),
      ),
      [`${name}.in_proj_bias`]: hostTensor(new Float32Array(3 * width), [3 * width]),
      ...out.initialise(stream),
      [`${name}.out_proj.bias`]: hostTensor(new Float32Array(width), [width]),
    }),
    apply(parameters, x, mask) {
      const [batch, places] = x.shape as [number, number]
      // Query, key and value become the first axis: taking one is then a copy of one block, not of many.
      const all = project(parameters, x).reshape([batch, places, 3, heads, own]).transpose([2, 0, 3, 1, 4])
      const [query, key, value] = [0, 1, 2].map((part) => all.at(0, part)) as [Tensor, Tensor, Tensor]
      let scores = matmul(query.mul(1 / Math.sqrt(own)), key, false, true)
      if (causal) scores = scores.add(causalMask(places).cast(x.dtype))
      if (mask !== undefined) scores = scores.add(mask)
      const seen = softmax(scores).matmul(value).transpose([0, 2, 1, 3]).reshape([batch, places, width])
      return out.apply(parameters, seen)
    },
    step(parameters, x, kept, past) {
      const batch = x.shape[0]!
      const [query, key, value] = [0, 1, 2].map((part) =>
        project(parameters, x)
          .slice(1, part * width, (part + 1) * width)
          .reshape([batch, heads, 1, own]),
      ) as [Tensor, Tensor, Tensor]
      const scaled = query.mul(1 / Math.sqrt(own))
      const before = matmul(scaled, kept.key, false, true).add(past)
      const here = scaled.mul(key).sum(-1, true)
      // Softmax over earlier places and this one, without joining the caches with it.
      const top = before.max(-1, true).maximum(here)
      const [a, b] = [before.sub(top).exp(), here.sub(top).exp()]
      const seen = a.matmul(kept.value).add(b.mul(value)).div(a.sum(-1, true).add(b))
      return { out: out.apply(parameters, seen.reshape([batch, width])), key, value }
    },
  }
}
