/** Columns that carry advantages, and the columns that advantages are computed from. */
import type { AdvantageInput, AdvantageResult } from '../kinds/advantage.ts'
import { type Column, copyColumn, invalidate, sealColumn } from '../records/column.ts'
import { GuerdonError } from '../records/error.ts'

/** A column of advantages by rollout: invalid rewards keep their reason and have 0. Takes over `values`. */
export function rolloutAdvantages(rewards: Column, values: Float64Array): Column {
  return sealColumn({
    grain: 'rollout',
    values,
    valid: rewards.valid.slice(),
    ...(rewards.reasons === undefined ? {} : { reasons: rewards.reasons.slice() }),
  })
}

/** A column of advantages by token with the offsets and validity of the token rewards. Takes over `values`. */
export function tokenAdvantages(rewards: Column, values: Float64Array): Column {
  for (let token = 0; token < values.length; token++) if (rewards.valid[token] === 0) values[token] = 0
  return sealColumn({
    grain: 'token',
    values,
    valid: rewards.valid.slice(),
    offsets: rewards.offsets!,
    ...(rewards.reasons === undefined ? {} : { reasons: rewards.reasons.slice() }),
  })
}

/** A column with those rows invalid that lack something else, such as a length: same values, further reasons. */
export function rewardsWith(column: Column, needed: Column | undefined, what: string): Column {
  const result = copyColumn(column)
  for (let row = 0; row < result.values.length; row++) {
    if (needed === undefined) invalidate(result, row, `${what} is unknown`)
    else if (needed.valid[row] === 0) invalidate(result, row, needed.reasons?.[row] ?? `${what} is unknown`)
  }
  return result
}

/** The result of the wrapped advantage. */
export function innerResult(input: AdvantageInput, wrapper: string): AdvantageResult {
  if (input.inner === undefined) {
    throw new GuerdonError('SPEC_INVALID', `${wrapper} wraps another advantage and none is named`, {
      where: { field: 'advantage.over' },
      expected: 'the advantage it works on',
    })
  }
  return input.inner(input)
}

/**
 * A column by name, for advantages that look at the parts of the reward; rows whose reward is invalid are invalid
 * here too, so that they enter no statistics.
 */
export function namedColumn(input: AdvantageInput, name: string): Column {
  const column = input.columns.get(name)
  if (column === undefined) {
    throw new GuerdonError('SPEC_UNKNOWN_COLUMN', `there is no column "${name}"`, {
      expected: `one of ${[...input.columns.keys()].join(', ')}`,
    })
  }
  return input.rewards.grain === 'rollout' ? rewardsWith(column, input.rewards, 'the reward') : column
}
