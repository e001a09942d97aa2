/** A multilayer perceptron: linear layers with an activation between them. */
import type { Activation, Layer } from './layer.ts'
import { activate, linear } from './linear.ts'

export interface MlpOptions {
  readonly name: string
  /** inputs, hidden widths, outputs: [384, 256, 1] is one hidden layer */
  readonly widths: readonly number[]
  readonly activation?: Activation
  readonly outputActivation?: Activation
  /** bias of the last layer; the others always have one */
  readonly outputBias?: boolean
}

/** Layers are named `name.0`, `name.1`, …; with the default activation SiLU this is BaseReward's head (paper 19). */
export function mlp({
  name,
  widths,
  activation = 'silu',
  outputActivation = 'none',
  outputBias = true,
}: MlpOptions): Layer {
  const last = widths.length - 2
  const layers = widths.slice(1).map((outputs, index) =>
    linear({
      name: `${name}.${index}`,
      inputs: widths[index]!,
      outputs,
      bias: index < last || outputBias,
    }),
  )
  return {
    initialise: (stream) => Object.assign({}, ...layers.map((layer) => layer.initialise(stream))),
    apply: (parameters, x) =>
      layers.reduce(
        (h, layer, index) =>
          activate(layer.apply(parameters, h), index === last ? outputActivation : activation),
        x,
      ),
  }
}
