/**
 * A gated recurrent unit (Cho and others, 2014) in PyTorch's form, unrolled over the steps:
 * r = σ(W_ir x + b_ir + W_hr h + b_hr), z likewise, n = tanh(W_in x + b_in + r·(W_hn h + b_hn)), h ← (1 − z)·n + z·h.
 */
import { split, stack } from '../operations.ts'
import type { TensorTree } from '../optimiser.ts'
import { full, type Tensor } from '../tensor.ts'
import type { Layer } from './layer.ts'
import { affine, uniform } from './linear.ts'

export interface GruOptions {
  readonly name: string
  readonly inputs: number
  readonly hidden: number
}

export interface Gru extends Layer {
  /** x [batch, steps, inputs] → every hidden state [batch, steps, hidden]; `start` is [batch, hidden], 0 by default */
  apply(parameters: TensorTree, x: Tensor, start?: Tensor): Tensor
}

/**
 * Weights `weight_ih_l0` [3·hidden, inputs], `weight_hh_l0` [3·hidden, hidden] and two biases, uniform in ±1/√hidden,
 * gates in the order r, z, n. Each step adds about ten nodes to the program: keep to some dozens of steps.
 */
export function gru({ name, inputs, hidden }: GruOptions): Gru {
  const shapes = {
    weight_ih_l0: [3 * hidden, inputs],
    weight_hh_l0: [3 * hidden, hidden],
    bias_ih_l0: [3 * hidden],
    bias_hh_l0: [3 * hidden],
  }
  return {
    initialise: (stream) =>
      Object.fromEntries(
        Object.entries(shapes).map(([own, shape]) => [
          `${name}.${own}`,
          uniform(stream.derive(`${name}.${own}`), shape, 1 / Math.sqrt(hidden)),
        ]),
      ),
    apply(parameters, x, start) {
      const of = (own: keyof typeof shapes): Tensor => parameters[`${name}.${own}`]!
      // The input's part of all steps is one product.
      const given = affine(x, of('weight_ih_l0'), of('bias_ih_l0'))
      let state = start ?? full([x.shape[0]!, hidden], 0, x.dtype)
      const states: Tensor[] = []
      for (let step = 0; step < x.shape[1]!; step++) {
        const [ri, zi, ni] = split(given.at(1, step), 3, -1) as [Tensor, Tensor, Tensor]
        const [rh, zh, nh] = split(affine(state, of('weight_hh_l0'), of('bias_hh_l0')), 3, -1) as [
          Tensor,
          Tensor,
          Tensor,
        ]
        const update = zi.add(zh).sigmoid()
        const fresh = ni.add(ri.add(rh).sigmoid().mul(nh)).tanh()
        state = fresh.add(update.mul(state.sub(fresh)))
        states.push(state)
      }
      return stack(states, 1)
    },
  }
}
