/** The rewards that a policy holds implicitly: β times its log-ratio to a reference policy. */
import type { TensorTree } from '../engine/optimiser.ts'
import type { Tensor } from '../engine/tensor.ts'
import type { ObjectiveInput } from './objective.ts'

const logProbability = (what: string, differentiable: boolean): ObjectiveInput => ({
  description: `log-probabilities of the ${what} completions, summed over tokens, [pairs]`,
  differentiable,
})

export const policyInputs = {
  policyChosen: logProbability('chosen', true),
  policyRejected: logProbability('rejected', true),
  referenceChosen: logProbability('chosen', false),
  referenceRejected: logProbability('rejected', false),
  mask: { description: 'above 0 for pairs that count, [pairs]', differentiable: false, optional: true },
} as const satisfies Readonly<Record<string, ObjectiveInput>>

/** log π − log π_ref of both completions, and their difference: [pairs] each. */
export function logRatios(inputs: TensorTree): {
  readonly chosen: Tensor
  readonly rejected: Tensor
  readonly difference: Tensor
} {
  const { policyChosen, policyRejected, referenceChosen, referenceRejected } = inputs
  const chosen = policyChosen!.sub(referenceChosen!)
  const rejected = policyRejected!.sub(referenceRejected!)
  return { chosen, rejected, difference: chosen.sub(rejected) }
}
