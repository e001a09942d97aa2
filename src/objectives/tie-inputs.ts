/** The inputs of losses on comparisons that may end in a tie. */
import type { HostTensor } from '../engine/host-tensor.ts'
import { GuerdonError } from '../records/error.ts'
import type { ObjectiveInput } from './objective.ts'

export const tieInputs = {
  first: { description: 'rewards of the first completions, [pairs]', differentiable: true },
  second: { description: 'rewards of the second completions, [pairs]', differentiable: true },
  label: { description: '1: first preferred, −1: second, 0: a tie, [pairs]', differentiable: false },
  mask: { description: 'above 0 for pairs that count, [pairs]', differentiable: false, optional: true },
} as const satisfies Readonly<Record<string, ObjectiveInput>>

/** @throws GuerdonError ARGUMENT_INVALID for a label other than 1, −1 and 0 */
export function checkTieLabels(label: HostTensor): void {
  const wrong = Array.from(label.values).find((value) => value !== 0 && value !== 1 && value !== -1)
  if (wrong !== undefined)
    throw new GuerdonError('ARGUMENT_INVALID', 'a label of a comparison is out of range', {
      found: wrong,
      expected: '1 (first), −1 (second) or 0 (tie)',
    })
}
