/**
 * Puts step rewards on tokens, for trainers that take token rewards: each step's reward lies on the step's last token,
 * every other token gets 0. Source: paper 12 (rewards are given at the end of a step).
 */
import {
  type Column,
  createRaggedColumn,
  invalidate,
  offsetsOf,
  rolloutsOf,
  sealColumn,
} from '../records/column.ts'
import { GuerdonError } from '../records/error.ts'

/**
 * Token rewards of step rewards; the total of a rollout stays what it was. The tokens of an invalid step are invalid
 * with its reason.
 *
 * @param steps step column, one reward a step
 * @param stepTokens number of tokens of each step, with the offsets of `steps`
 * @returns token column
 * @throws GuerdonError ARGUMENT_INVALID when the columns have different steps, or a step has no (known) token to carry
 *   its reward
 *
 * @example stepTokenRewards(raggedColumnOf('step', [[0.5, 1]]), raggedColumnOf('step', [[2, 1]])).values // [0, 0.5, 1]
 */
export function stepTokenRewards(steps: Column, stepTokens: Column): Column {
  const { offsets } = steps
  if (
    offsets === undefined ||
    stepTokens.offsets === undefined ||
    offsets.length !== stepTokens.offsets.length ||
    offsets.some((offset, row) => offset !== stepTokens.offsets![row])
  ) {
    throw new GuerdonError('ARGUMENT_INVALID', 'step rewards and token counts do not belong together', {
      expected: 'one count of tokens for each step',
      found: `${steps.values.length} rewards, ${stepTokens.values.length} counts`,
    })
  }
  const counts = new Int32Array(rolloutsOf(steps))
  for (let row = 0; row < counts.length; row++) {
    for (let step = offsets[row]!; step < offsets[row + 1]!; step++) {
      if (stepTokens.valid[step] === 0 || !(stepTokens.values[step]! >= 1)) {
        throw new GuerdonError('ARGUMENT_INVALID', 'a step has no token to carry its reward', {
          where: { field: `step ${step - offsets[row]!} of rollout ${row}` },
          expected: 'at least one token a step',
          found: stepTokens.valid[step] === 0 ? stepTokens.reasons?.[step] : stepTokens.values[step],
        })
      }
      counts[row]! += stepTokens.values[step]!
    }
  }
  const rewards = createRaggedColumn('token', offsetsOf(counts))
  let token = 0
  for (let step = 0; step < steps.values.length; step++) {
    const end = token + stepTokens.values[step]!
    if (steps.valid[step] === 1) rewards.values[end - 1] = steps.values[step]!
    else {
      const reason = steps.reasons?.[step] ?? 'the step has no reward'
      for (let entry = token; entry < end; entry++) invalidate(rewards, entry, reason)
    }
    token = end
  }
  return sealColumn(rewards)
}
