/** A linear layer, initialised as PyTorch does: weight and bias uniform in ±1/√in. */
import type { RandomStream } from '../../numerics/random.ts'
import { type HostTensor, hostTensor } from '../host-tensor.ts'
import { gelu, leakyRelu, relu, silu, tanhGelu } from '../operations.ts'
import { matmul, type Tensor } from '../tensor.ts'
import type { Activation, Layer } from './layer.ts'

export interface LinearOptions {
  readonly name: string
  readonly inputs: number
  readonly outputs: number
  readonly bias?: boolean
}

/** x [… , in] → x·Wᵀ + b [… , out]; the weight is [out, in] as in PyTorch, so checkpoints are exchanged as they are. */
export function linear({ name, inputs, outputs, bias = true }: LinearOptions): Layer {
  return {
    initialise(stream) {
      const bound = 1 / Math.sqrt(inputs)
      const drawn: Record<string, HostTensor> = {
        [`${name}.weight`]: uniform(stream.derive(`${name}.weight`), [outputs, inputs], bound),
      }
      if (bias) drawn[`${name}.bias`] = uniform(stream.derive(`${name}.bias`), [outputs], bound)
      return drawn
    },
    apply(parameters, x) {
      return affine(x, parameters[`${name}.weight`]!, bias ? parameters[`${name}.bias`]! : undefined)
    },
  }
}

/** x·Wᵀ + b. The bias is added while the rows are one matrix, so that it becomes part of the product's kernel. */
export function affine(x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const flat = x.rank > 2 ? x.reshape([-1, x.shape.at(-1)!]) : x
  const product = matmul(flat, weight, false, true)
  const out = bias === undefined ? product : product.add(bias)
  return x.rank > 2 ? out.reshape([...x.shape.slice(0, -1), weight.shape[0]!]) : out
}

/** Values uniform in ±bound. */
export function uniform(stream: RandomStream, shape: readonly number[], bound: number): HostTensor {
  const size = shape.reduce((product, length) => product * length, 1)
  return hostTensor(
    Float32Array.from({ length: size }, () => bound * (2 * stream.uniform() - 1)),
    shape,
  )
}

/** Applies an activation by name. */
export function activate(x: Tensor, activation: Activation): Tensor {
  switch (activation) {
    case 'none':
      return x
    case 'relu':
      return relu(x)
    case 'tanh':
      return x.tanh()
    case 'sigmoid':
      return x.sigmoid()
    case 'silu':
      return silu(x)
    case 'gelu':
      return gelu(x)
    case 'tanh-gelu':
      return tanhGelu(x)
    case 'leaky-relu':
      return leakyRelu(x, 0.2)
  }
}
