/** A two-dimensional convolution, initialised as PyTorch does: weight and bias uniform in ±1/√(inputs · kernel²). */
import { type ConvolutionOptions, convolve } from '../operations.ts'
import type { Layer } from './layer.ts'
import { uniform } from './linear.ts'

export interface ConvolutionLayerOptions extends ConvolutionOptions {
  readonly name: string
  /** channels in and out */
  readonly inputs: number
  readonly outputs: number
  /** height and width of the kernel */
  readonly kernel: number
  readonly bias?: boolean
}

/** x [batch, inputs, height, width] → [batch, outputs, …]; the weight is [outputs, inputs, kernel, kernel]. */
export function convolution({
  name,
  inputs,
  outputs,
  kernel,
  bias = true,
  ...options
}: ConvolutionLayerOptions): Layer {
  return {
    initialise(stream) {
      const bound = 1 / Math.sqrt(inputs * kernel * kernel)
      const weight = `${name}.weight`
      return {
        [weight]: uniform(stream.derive(weight), [outputs, inputs, kernel, kernel], bound),
        ...(bias && { [`${name}.bias`]: uniform(stream.derive(`${name}.bias`), [outputs], bound) }),
      }
    },
    apply(parameters, x) {
      const out = convolve(x, parameters[`${name}.weight`]!, options)
      return bias ? out.add(parameters[`${name}.bias`]!.reshape([outputs, 1, 1])) : out
    },
  }
}
