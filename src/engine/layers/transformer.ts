/** A small GPT: learned positions, pre-norm blocks that look back, a norm and a linear head. */
import { hostTensor } from '../host-tensor.ts'
import type { TensorTree } from '../optimiser.ts'
import type { Tensor } from '../tensor.ts'
import { attentionBlock } from './attention-block.ts'
import { embedding, normal } from './embedding.ts'
import type { Activation, Layer } from './layer.ts'
import { layerNorm } from './layer-norm.ts'
import { linear } from './linear.ts'
import type { KeyValue } from './multi-head-attention.ts'

export interface TransformerOptions {
  readonly name: string
  /** tokens that there are */
  readonly vocabulary: number
  /** longest sequence */
  readonly context: number
  readonly width: number
  readonly layers: number
  readonly heads: number
  readonly activation?: Activation
  /** false: every place sees every other one */
  readonly causal?: boolean
  /** numbers for each place; the vocabulary's size by default, 1 for a reward at each token */
  readonly outputs?: number
}

export interface Transformer extends Layer {
  readonly options: TransformerOptions
  /** tokens int32 [batch, places] → [batch, places, outputs]; `mask` as for multi-head attention */
  apply(parameters: TensorTree, tokens: Tensor, mask?: Tensor): Tensor
  /** tokens int32 [batch, places] → the last block's normalised vectors [batch, places, width] */
  hidden(parameters: TensorTree, tokens: Tensor, mask?: Tensor): Tensor
  /**
   * One further token of each sequence: tokens int32 [batch], its position int32 [], the keys and values kept of each
   * layer, and what is added to the scores of the kept places → outputs [batch, outputs] and each layer's new pair.
   */
  step(
    parameters: TensorTree,
    tokens: Tensor,
    position: Tensor,
    kept: readonly KeyValue[],
    past: Tensor,
  ): { readonly out: Tensor; readonly added: readonly KeyValue[] }
}

/**
 * Starting values as GPT-2 has them: normal with deviation 0.02, in the layers that add to the stream divided by
 * √(2·layers), biases 0. Names: `token.weight`, `position.weight`, `layers.N.…`, `norm.…`, `head.weight`.
 */
export function transformer(options: TransformerOptions): Transformer {
  const { name, vocabulary, context, width, layers, heads, activation = 'relu', causal = true } = options
  const outputs = options.outputs ?? vocabulary
  const token = embedding({ name: `${name}.token`, count: vocabulary, width, deviation: 0.02 })
  const position = embedding({ name: `${name}.position`, count: context, width, deviation: 0.02 })
  const blocks = Array.from({ length: layers }, (_, index) =>
    attentionBlock({ name: `${name}.layers.${index}`, width, heads, activation, causal }),
  )
  const norm = layerNorm({ name: `${name}.norm`, width })
  const head = linear({ name: `${name}.head`, inputs: width, outputs, bias: false })
  const hidden = (parameters: TensorTree, tokens: Tensor, mask?: Tensor): Tensor => {
    const places = parameters[`${name}.position.weight`]!.slice(0, 0, tokens.shape[1]!)
    const x = token.apply(parameters, tokens).add(places)
    const last = blocks.reduce((stream, block) => block.apply(parameters, stream, mask), x)
    return norm.apply(parameters, last)
  }
  return {
    options,
    initialise(stream) {
      const drawn = Object.assign(
        {},
        ...[token, position, ...blocks, norm, head].map((part) => part.initialise(stream)),
      )
      for (const [own, { shape }] of Object.entries(drawn) as [string, { shape: readonly number[] }][]) {
        const adds = /\.(out_proj|linear2)\.weight$/.test(own)
        if (shape.length === 2)
          drawn[own] = normal(stream.derive(own), shape, adds ? 0.02 / Math.sqrt(2 * layers) : 0.02)
        else if (own.endsWith('bias')) drawn[own] = hostTensor(new Float32Array(shape[0]!), shape)
      }
      return drawn
    },
    hidden,
    apply: (parameters, tokens, mask) => head.apply(parameters, hidden(parameters, tokens, mask)),
    step(parameters, tokens, at, kept, past) {
      let x = token.apply(parameters, tokens).add(position.apply(parameters, at))
      const added = blocks.map((block, layer) => {
        const { out, ...own } = block.step(parameters, x, kept[layer]!, past)
        x = out
        return own
      })
      return { out: head.apply(parameters, norm.apply(parameters, x)), added }
    },
  }
}
