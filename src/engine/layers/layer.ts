/** The contract of layers: named parameters with their starting values, and a function of tensors. */
import type { RandomStream } from '../../numerics/random.ts'
import type { Parameters } from '../host-tensor.ts'
import type { TensorTree } from '../optimiser.ts'
import type { Tensor } from '../tensor.ts'

export interface Layer {
  /** starting values under full names (`head.0.weight`), drawn from the stream */
  initialise(stream: RandomStream): Parameters
  apply(parameters: TensorTree, x: Tensor): Tensor
}

export type Activation = 'none' | 'relu' | 'tanh' | 'sigmoid' | 'silu' | 'gelu' | 'tanh-gelu' | 'leaky-relu'
