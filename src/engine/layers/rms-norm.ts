/** Root-mean-square normalisation (Zhang and Sennrich, 2019) over the last axis. */
import type { Layer } from './layer.ts'
import { repeated } from './layer-norm.ts'

export interface RmsNormOptions {
  readonly name: string
  readonly width: number
  /** 1e-6 as in language models; PyTorch's own default is the type's machine precision (1.2e-7) */
  readonly epsilon?: number
}

/** x [… , width] → x / √(mean(x²) + ε) · weight; starts as weight 1. */
export function rmsNorm({ name, width, epsilon = 1e-6 }: RmsNormOptions): Layer {
  return {
    initialise: () => ({ [`${name}.weight`]: repeated(width, 1) }),
    apply: (parameters, x) =>
      x.div(x.square().mean(-1, true).add(epsilon).sqrt()).mul(parameters[`${name}.weight`]!),
  }
}
