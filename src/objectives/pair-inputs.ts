/** The inputs that all losses on preference pairs share. */
import type { ObjectiveInput } from './objective.ts'

export const pairInputs = {
  chosen: { description: 'rewards of the chosen completions, [pairs]', differentiable: true },
  rejected: { description: 'rewards of the rejected completions, [pairs]', differentiable: true },
  mask: { description: 'above 0 for pairs that count, [pairs]', differentiable: false, optional: true },
} as const satisfies Readonly<Record<string, ObjectiveInput>>

export const marginInput = {
  description: 'gap that is asked for, inside the sigmoid, [pairs]',
  differentiable: false,
  optional: true,
} as const satisfies ObjectiveInput
