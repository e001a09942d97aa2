/** The contract of optimisers: an update written in tensors, so that it becomes part of the training program. */
import type { Parameters } from './host-tensor.ts'
import type { Tensor } from './tensor.ts'

/** Named tensors: a model's parameters while a program is written. */
export type TensorTree = Readonly<Record<string, Tensor>>

export interface Optimiser {
  readonly name: string
  /** kept in checkpoints: a run continues only with the same ones */
  readonly options: Readonly<Record<string, number>>
  /** what it remembers between steps, before the first one */
  state(parameters: Parameters): Parameters
  /** numbers that change from step to step: inputs of the program, so that a schedule needs no second one */
  readonly scalars: readonly string[]
  /** their values at a step; steps count from 1 */
  scalarsAt(step: number, rate: number): readonly number[]
  update(
    parameters: TensorTree,
    gradients: TensorTree,
    state: TensorTree,
    scalars: TensorTree,
    initial: Parameters,
  ): { readonly parameters: TensorTree; readonly state: TensorTree }
}

/** Learning rate at a step (from 1) of `steps`. */
export type Schedule = (step: number, steps: number) => number

export const constantRate =
  (rate: number): Schedule =>
  () =>
    rate

/** Rises linearly over the warm-up (steps, or a share below 1), then falls along half a cosine to `floor`·rate. */
export function cosineRate(
  rate: number,
  { warmup = 0, floor = 0 }: { warmup?: number; floor?: number } = {},
): Schedule {
  return (step, steps) => {
    const rising = warmup < 1 ? Math.round(warmup * steps) : warmup
    if (step <= rising) return (rate * step) / rising
    const share = (step - rising) / Math.max(1, steps - rising)
    return rate * (floor + ((1 - floor) * (1 + Math.cos(Math.PI * share))) / 2)
  }
}

/** Rises linearly over the warm-up, then falls linearly to 0 after the last step. */
export function linearRate(rate: number, { warmup = 0 }: { warmup?: number } = {}): Schedule {
  return (step, steps) => {
    const rising = warmup < 1 ? Math.round(warmup * steps) : warmup
    if (step <= rising) return (rate * step) / rising
    return (rate * (steps - step + 1)) / Math.max(1, steps - rising)
  }
}
