/**
 * Bradley–Terry on rewards divided by the logarithm of the length.
 * Source: paper 19 (BaseReward), Algorithm 1: the division comes first, and centring sees the divided rewards.
 */
import { z } from 'zod'
import type { HostTensor } from '../engine/host-tensor.ts'
import { GuerdonError } from '../records/error.ts'
import { bradleyTerry } from './bradley-terry.ts'
import { defineObjective } from './objective.ts'
import { pairInputs } from './pair-inputs.ts'

function checkLengths(lengths: HostTensor | undefined): void {
  const short = Array.from(lengths?.values ?? []).find((length) => !(length >= 1))
  if (short !== undefined)
    throw new GuerdonError('ARGUMENT_INVALID', 'a completion is shorter than one token', {
      found: short,
      expected: 'a length of at least 1',
    })
}

export const lengthNormalisedBradleyTerry = defineObjective({
  name: 'length-normalised-bradley-terry',
  summary:
    'Bradley–Terry that takes a logarithm of the length out of the reward; without lengths it is plain.',
  paper: {
    slug: '19-basereward',
    title: 'BaseReward: A Strong Baseline for Multimodal Reward Model',
    source: 'Algorithm 1',
  },
  formula: '−log σ(Δ) + λ·mean((c + r)²), c = chosen/ln(len + 1), r = rejected/ln(len + 1)',
  parameters: z.object({
    centring: z.number().min(0).default(0).describe('λ of the centring term on the divided rewards'),
  }),
  inputs: {
    ...pairInputs,
    chosenLength: {
      description: 'tokens of the chosen completions alone, at least 1, [pairs]',
      differentiable: false,
      optional: true,
    },
    rejectedLength: {
      description: 'tokens of the rejected completions alone, at least 1, [pairs]',
      differentiable: false,
      optional: true,
    },
  },
  aliases: ['basereward', 'length normalisation'],
  check({ chosenLength, rejectedLength }) {
    checkLengths(chosenLength)
    checkLengths(rejectedLength)
  },
  compute({ chosen, rejected, chosenLength, rejectedLength, mask }, { centring }) {
    const { loss, perRow } = bradleyTerry(
      {
        chosen: chosenLength === undefined ? chosen! : chosen!.div(chosenLength.log1p()),
        rejected: rejectedLength === undefined ? rejected! : rejected!.div(rejectedLength.log1p()),
        ...(mask && { mask }),
      },
      { centring },
    )
    return { loss, ...(perRow && { perRow }) }
  },
})
