/** Rewards by token: a token column as it is, or rollout rewards placed on the last token of each completion. */
import type { AdvantageInput } from '../kinds/advantage.ts'
import type { InputSource } from '../kinds/inputs.ts'
import { type Column, createRaggedColumn, invalidate, offsetsOf } from '../records/column.ts'
import { GuerdonError } from '../records/error.ts'

/** The input that token-grain advantages declare, so that rollout rewards find their last token. */
export const TOKEN_LENGTHS: Readonly<Record<'lengths', InputSource>> = {
  lengths: { from: 'length', unit: 'tokens', optional: true },
}

/**
 * Token rewards of a batch. Rollout rewards need `inputs.lengths`: all tokens of a rollout are 0 but the last one; a
 * rollout whose length is unknown has no tokens; the tokens of an invalid reward are invalid, with its reason.
 *
 * @throws GuerdonError ARGUMENT_INVALID for rollout rewards without lengths, or a length that is no whole number
 */
export function tokenRewardsOf({ rewards, inputs }: AdvantageInput): Column {
  if (rewards.grain === 'token') return rewards
  const lengths = inputs.lengths
  if (rewards.grain !== 'rollout' || lengths === undefined) {
    throw new GuerdonError('ARGUMENT_INVALID', `rewards by ${rewards.grain} cannot be placed on tokens`, {
      expected: 'token rewards, or rollout rewards with the length of each completion in tokens',
    })
  }
  return placeOnLastToken(rewards, lengths)
}

/** Rollout rewards on the last of `lengths[row]` tokens of each rollout. */
export function placeOnLastToken(rewards: Column, lengths: Column): Column {
  const counts = new Int32Array(rewards.values.length)
  for (let row = 0; row < counts.length; row++) {
    if (lengths.valid[row] === 0) continue
    const length = lengths.values[row]!
    if (!Number.isInteger(length) || length < 0) {
      throw new GuerdonError('ARGUMENT_INVALID', `the length of row ${row} is no number of tokens`, {
        expected: 'a whole number, 0 or more',
        found: length,
      })
    }
    counts[row] = length
  }
  const offsets = offsetsOf(counts)
  const column = createRaggedColumn('token', offsets)
  for (let row = 0; row < counts.length; row++) {
    const end = offsets[row + 1]!
    if (rewards.valid[row] === 1) {
      if (counts[row]! > 0) column.values[end - 1] = rewards.values[row]!
    } else {
      const reason = rewards.reasons?.[row] ?? 'invalid reward'
      for (let token = offsets[row]!; token < end; token++) invalidate(column, token, reason)
    }
  }
  return column
}

/** How many rollouts have no token, for the evidence. */
export function emptyRollouts({ offsets }: Column): number {
  let empty = 0
  for (let row = 0; row + 1 < offsets!.length; row++) if (offsets![row] === offsets![row + 1]) empty++
  return empty
}
