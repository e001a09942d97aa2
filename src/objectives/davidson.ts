/**
 * Davidson's model of comparisons with ties: a tie competes with the two verdicts and is likeliest between equals.
 * Source: card 00-reward-model-losses; Davidson, 1970.
 */
import { z } from 'zod'
import { logSoftmax, stack, where } from '../engine/operations.ts'
import { GuerdonError } from '../records/error.ts'
import { defineObjective } from './objective.ts'
import { pairMean } from './pair-mean.ts'
import { checkTieLabels, tieInputs } from './tie-inputs.ts'

/**
 * The tie parameter as the loss takes it: ln ν. ν = 0 would forbid ties.
 *
 * @throws GuerdonError ARGUMENT_INVALID unless ν > 0
 * @example logTiePropensity(1) // 0
 */
export function logTiePropensity(nu: number): number {
  if (!(nu > 0) || nu === Number.POSITIVE_INFINITY)
    throw new GuerdonError('ARGUMENT_INVALID', 'the tie parameter ν must be above 0', { found: nu })
  return Math.log(nu)
}

export const davidson = defineObjective({
  name: 'davidson',
  summary: 'Preferences with ties, where a tie is likelier the nearer the two rewards are.',
  formula: '−log softmax(Δ/2, −Δ/2, ln ν) at first, second or tie; Δ = first − second',
  parameters: z.object({}),
  inputs: {
    ...tieInputs,
    logNu: { description: 'ln ν, a single number, may be learned', differentiable: true },
  },
  aliases: ['ties', 'BTD'],
  check: ({ label }) => checkTieLabels(label!),
  compute({ first, second, label, logNu, mask }) {
    const half = first!.sub(second!).mul(0.5)
    const all = logSoftmax(stack([half, half.neg(), logNu!.broadcast(half.shape)], half.rank))
    const [firstWins, secondWins, tie] = [all.at(-1, 0), all.at(-1, 1), all.at(-1, 2)]
    const perRow = where(label!.greater(0), firstWins, where(label!.less(0), secondWins, tie)).neg()
    return {
      loss: pairMean(perRow, mask),
      perRow,
      parts: { first: firstWins.exp(), second: secondWins.exp(), tie: tie.exp() },
    }
  },
})
