/**
 * Rao and Kupper's model of comparisons with ties: one completion wins when it is ahead by a threshold.
 * Source: card 00-reward-model-losses; Rao and Kupper, 1967; the same as Bradley–Terry with ties, θ = e^τ.
 */
import { z } from 'zod'
import { softplus, where } from '../engine/operations.ts'
import { GuerdonError } from '../records/error.ts'
import { logOfComplement } from './log-of-complement.ts'
import { defineObjective } from './objective.ts'
import { pairMean } from './pair-mean.ts'
import { checkTieLabels, tieInputs } from './tie-inputs.ts'

export const raoKupper = defineObjective({
  name: 'rao-kupper',
  summary: 'Preferences with ties, where a tie is a difference inside a threshold that may be learned.',
  formula:
    '−log P; log P(first) = log σ(Δ − τ), log P(second) = log σ(−Δ − τ), log P(tie) = log σ(Δ − τ) + log σ(−Δ − τ) + log(e^{2τ} − 1)',
  parameters: z.object({}),
  inputs: {
    ...tieInputs,
    threshold: {
      description: 'τ > 0 in units of the reward, a single number; learned as softplus of a free one',
      differentiable: true,
    },
  },
  aliases: ['Bradley–Terry with ties', 'BTT'],
  check({ label, threshold }) {
    checkTieLabels(label!)
    if (!(threshold!.values[0]! > 0))
      throw new GuerdonError('ARGUMENT_INVALID', 'the threshold of ties must be above 0', {
        found: threshold!.values[0],
      })
  },
  compute({ first, second, label, threshold, mask }) {
    const difference = first!.sub(second!)
    const firstWins = softplus(threshold!.sub(difference)).neg()
    const secondWins = softplus(threshold!.add(difference)).neg()
    const twice = threshold!.mul(2)
    const tie = firstWins.add(secondWins).add(twice).add(logOfComplement(twice))
    const perRow = where(label!.greater(0), firstWins, where(label!.less(0), secondWins, tie)).neg()
    return {
      loss: pairMean(perRow, mask),
      perRow,
      parts: { first: firstWins.exp(), second: secondWins.exp(), tie: tie.exp() },
    }
  },
})
