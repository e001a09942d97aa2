/**
 * AdamW (Loshchilov and Hutter, 2019): Adam with decoupled weight decay, as PyTorch computes it.
 *
 * m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ(1 − lr·λ) − lr·(m/(1 − β₁ᵗ)) / (√(v/(1 − β₂ᵗ)) + ε).
 */
import { type HostTensor, type Parameters, zerosLike } from './host-tensor.ts'
import type { Optimiser } from './optimiser.ts'
import type { Tensor } from './tensor.ts'

export interface AdamwOptions {
  readonly beta1?: number
  readonly beta2?: number
  readonly epsilon?: number
  readonly weightDecay?: number
  /** which parameters decay; by default matrices and larger, not biases and scales */
  decays?(name: string, parameter: HostTensor): boolean
}

export function adamw(options: AdamwOptions = {}): Optimiser {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options
  const decays = options.decays ?? ((_: string, { shape }: HostTensor) => shape.length >= 2)
  return {
    name: 'adamw',
    options: { beta1, beta2, epsilon, weightDecay },
    state: (parameters: Parameters) =>
      Object.fromEntries(
        Object.entries(parameters).flatMap(([name, value]) => [
          [`m.${name}`, zerosLike(value)],
          [`v.${name}`, zerosLike(value)],
        ]),
      ),
    scalars: ['rate', 'correction1', 'correction2'],
    scalarsAt: (step, rate) => [rate, 1 - beta1 ** step, 1 - beta2 ** step],
    update(parameters, gradients, state, { rate, correction1, correction2 }, initial) {
      const next: Record<string, Tensor> = {}
      const nextState: Record<string, Tensor> = {}
      // The step rate·m̂/(√v̂ + ε) as m/(√v·scale + least): numbers of the step are joined before they meet elements.
      // A rate of 0 is one too small to move anything, since the step divides by it.
      const size = rate!.div(correction1!).maximum(1e-30)
      const scale = correction2!.pow(-0.5).div(size)
      const least = size.pow(-1).mul(epsilon)
      for (const [name, parameter] of Object.entries(parameters)) {
        const gradient = gradients[name]!
        const m = state[`m.${name}`]!.mul(beta1).add(gradient.mul(1 - beta1))
        // Scaled before it is squared: the factor then joins the one of clipping.
        const scaled = gradient.mul(Math.sqrt(1 - beta2))
        const v = state[`v.${name}`]!.mul(beta2).add(scaled.mul(scaled))
        const step = m.div(v.sqrt().mul(scale).add(least))
        const kept =
          weightDecay > 0 && decays(name, initial[name]!)
            ? parameter.mul(rate!.mul(-weightDecay).add(1))
            : parameter
        next[name] = kept.sub(step)
        nextState[`m.${name}`] = m
        nextState[`v.${name}`] = v
      }
      return { parameters: next, state: nextState }
    },
  }
}
