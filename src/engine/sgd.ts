import { type Parameters, zerosLike } from './host-tensor.ts'
import type { Optimiser } from './optimiser.ts'
import type { Tensor } from './tensor.ts'

/** Stochastic gradient descent with momentum (PyTorch's form: b ← μb + g, θ ← θ − lr·b), decay added to the gradient. */
export function sgd({
  momentum = 0,
  weightDecay = 0,
}: {
  momentum?: number
  weightDecay?: number
} = {}): Optimiser {
  return {
    name: 'sgd',
    options: { momentum, weightDecay },
    state: (parameters: Parameters) =>
      momentum === 0
        ? {}
        : Object.fromEntries(
            Object.entries(parameters).map(([name, value]) => [`b.${name}`, zerosLike(value)]),
          ),
    scalars: ['rate'],
    scalarsAt: (_, rate) => [rate],
    update(parameters, gradients, state, { rate }) {
      const next: Record<string, Tensor> = {}
      const nextState: Record<string, Tensor> = {}
      for (const [name, parameter] of Object.entries(parameters) as [string, Tensor][]) {
        const own = gradients[name]!
        const gradient = weightDecay > 0 ? own.add(parameter.mul(weightDecay)) : own
        const b = momentum === 0 ? gradient : state[`b.${name}`]!.mul(momentum).add(gradient)
        if (momentum !== 0) nextState[`b.${name}`] = b
        next[name] = parameter.sub(b.mul(rate!))
      }
      return { parameters: next, state: nextState }
    },
  }
}
