/** Layer normalisation (Ba, Kiros and Hinton, 2016) over the last axis. */
import { type HostTensor, hostTensor } from '../host-tensor.ts'
import { standardise } from '../operations.ts'
import type { Layer } from './layer.ts'

export interface LayerNormOptions {
  readonly name: string
  readonly width: number
  readonly epsilon?: number
  readonly bias?: boolean
}

/** x [… , width] → (x − mean) / √(variance + ε) · weight + bias; starts as weight 1 and bias 0. */
export function layerNorm({ name, width, epsilon = 1e-5, bias = true }: LayerNormOptions): Layer {
  return {
    initialise: () => ({
      [`${name}.weight`]: repeated(width, 1),
      ...(bias && { [`${name}.bias`]: repeated(width, 0) }),
    }),
    apply(parameters, x) {
      const scaled = standardise(x, epsilon).mul(parameters[`${name}.weight`]!)
      return bias ? scaled.add(parameters[`${name}.bias`]!) : scaled
    },
  }
}

/** A vector of one number. */
export const repeated = (length: number, value: number): HostTensor =>
  hostTensor(new Float32Array(length).fill(value), [length])
