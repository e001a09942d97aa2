/**
 * One block of a transformer, norms before the parts: x + attention(norm₁ x), then + feed-forward(norm₂ x). Parameters
 * are named as in PyTorch's `TransformerEncoderLayer(norm_first=True)`.
 */
import type { TensorTree } from '../optimiser.ts'
import type { Tensor } from '../tensor.ts'
import type { Activation, Layer } from './layer.ts'
import { layerNorm } from './layer-norm.ts'
import { activate, linear } from './linear.ts'
import { type KeyValue, type MultiHeadAttention, multiHeadAttention } from './multi-head-attention.ts'

export interface AttentionBlockOptions {
  readonly name: string
  readonly width: number
  readonly heads: number
  /** width between the two linear layers; four times the width by default */
  readonly inner?: number
  readonly activation?: Activation
  readonly causal?: boolean
  readonly epsilon?: number
}

export interface AttentionBlock extends Layer, Pick<MultiHeadAttention, 'step'> {
  apply(parameters: TensorTree, x: Tensor, mask?: Tensor): Tensor
}

/** x [batch, places, width] → the same shape. ReLU by default: a smooth activation costs a third of a step. */
export function attentionBlock({
  name,
  width,
  heads,
  inner = 4 * width,
  activation = 'relu',
  causal = false,
  epsilon = 1e-5,
}: AttentionBlockOptions): AttentionBlock {
  const attention = multiHeadAttention({ name: `${name}.self_attn`, width, heads, causal })
  const first = linear({ name: `${name}.linear1`, inputs: width, outputs: inner })
  const second = linear({ name: `${name}.linear2`, inputs: inner, outputs: width })
  const before = layerNorm({ name: `${name}.norm1`, width, epsilon })
  const between = layerNorm({ name: `${name}.norm2`, width, epsilon })
  const feedForward = (parameters: TensorTree, x: Tensor): Tensor => {
    const hidden = activate(first.apply(parameters, between.apply(parameters, x)), activation)
    return x.add(second.apply(parameters, hidden))
  }
  return {
    initialise: (stream) =>
      Object.assign(
        {},
        ...[attention, first, second, before, between].map((part) => part.initialise(stream)),
      ),
    apply: (parameters, x, mask) =>
      feedForward(parameters, x.add(attention.apply(parameters, before.apply(parameters, x), mask))),
    step(parameters, x, kept, past) {
      const { out, ...own } = attention.step(parameters, before.apply(parameters, x), kept, past)
      return { out: feedForward(parameters, x.add(out)), ...(own as KeyValue) }
    },
  }
}
