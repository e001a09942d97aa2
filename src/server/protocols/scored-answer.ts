/** What the protocols share when they ask the service and read its rows. */
import { GuerdonError } from '../../records/error.ts'
import type { Rollout } from '../../records/rollout.ts'
import { invalidRowCode } from '../../reward/run-signals.ts'
import type { Reward } from '../../reward/score.ts'
import type { ScoredRow } from '../../store/store.ts'
import type { Call } from '../route.ts'
import type { ScoreAnswer, ScoreRequest } from '../scoring/scoring-service.ts'

const longestKey = 255

/**
 * Scores rollouts for a protocol, with the client's Idempotency-Key when it sends one.
 * @throws GuerdonError of the service; ARGUMENT_INVALID for an overlong key
 */
export function score(
  call: Call,
  protocol: string,
  rollouts: readonly Rollout[],
  groups: ScoreRequest['groups'],
): Promise<ScoreAnswer> {
  const key = call.header('idempotency-key')
  if (key !== undefined && (key === '' || key.length > longestKey)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'the header Idempotency-Key has the wrong length', {
      found: key.length,
      expected: `1 to ${longestKey} characters`,
    })
  }
  const contentDigest = call.contentDigest?.()
  return call.service.score({ rollouts, protocol, key, groups, contentDigest, abort: call.abort })
}

/**
 * Whether a request's groups are whole, where the protocol does not say: `?groups=whole` or `?groups=single`, else
 * one row alone is `single` and several rows are `whole`.
 * @throws GuerdonError ARGUMENT_INVALID for another word
 */
export function groupsOf(call: Call, rows: number): ScoreRequest['groups'] {
  const asked = call.query.get('groups')
  if (asked === null) return rows > 1 ? 'whole' : 'single'
  if (asked === 'whole' || asked === 'single') return asked
  throw new GuerdonError('ARGUMENT_INVALID', 'the query parameter groups is unknown', {
    found: asked,
    expected: 'whole or single',
  })
}

/** Why a row has no reward, in one sentence. */
export function invalidReason({ reasons }: ScoredRow): string {
  const own = reasons.reward
  if (own !== undefined) return own
  const [column, reason] = Object.entries(reasons)[0] ?? []
  return column === undefined ? 'no reason was given' : `${column}: ${reason}`
}

/**
 * The reward of a row, for protocols that have no place for an invalid one.
 * @throws GuerdonError ROW_INVALID, or SIGNAL_FAILED when another try may succeed
 */
export function requiredReward(row: ScoredRow, index = 0): number {
  if (row.reward !== null) return row.reward
  const reason = invalidReason(row)
  throw new GuerdonError(invalidRowCode(reason), `could not be scored: ${reason}`, {
    // These protocols name no rows: the place in the request says which.
    where: { row: `r${index}` },
  })
}

/** Names of the columns that every row of an answer has; of the answer itself, since a new spec may be served by now. */
export function columnNamesOf(call: Call, { rows }: ScoreAnswer): readonly string[] {
  return rows.length === 0 ? call.service.columnNames : Object.keys(rows[0]!.columns)
}

/**
 * One number for a column of a row: itself, of a list (steps, tokens) the mean of its valid entries; null without one.
 *
 * @example columnNumber([1, null, 0]) // 0.5
 */
export function columnNumber(value: ScoredRow['columns'][string] | undefined): number | null {
  if (value === undefined || value === null || typeof value === 'number') return value ?? null
  let sum = 0
  let count = 0
  for (const entry of value) {
    if (entry === null) continue
    sum += entry
    count++
  }
  return count === 0 ? null : sum / count
}

/**
 * A row's columns for clients that take numbers only and want the same keys every time: 0 stands where a column is
 * invalid, and `<name>_valid` is 0 then and 1 otherwise.
 */
export function numericColumns(names: readonly string[], row: ScoredRow): Record<string, number> {
  const numbers: Record<string, number> = {}
  for (const name of names) {
    const value = columnNumber(row.columns[name])
    numbers[name] = value ?? 0
    numbers[`${name}_valid`] = value === null ? 0 : 1
  }
  return numbers
}

/** Whether a range as methods state it, like `{0, 0.25, 1}`, lies in [0, 1]. */
function isUnitRange(range: string): boolean {
  const first = /^[[{(]([^\]})]*)[\]})]/.exec(range)
  if (first === null) return false
  const ends = first[1]!.split(',').map((end) => Number(end.trim() === '' ? Number.NaN : end))
  return ends.every((end) => end >= 0 && end <= 1)
}

/** The column that stands for accuracy: the spec's first signal a rollout whose range is within [0, 1], if any. */
export function accuracyColumn(reward: Reward): string | undefined {
  return reward.plan.signals.find(({ method }) => method.grain === 'rollout' && isUnitRange(method.range))
    ?.name
}

/** A row's accuracy in [0, 1]: the given column, else the reward; clamped. */
export function accuracyOf(row: ScoredRow, column: string | undefined): number {
  const value = column === undefined ? null : columnNumber(row.columns[column])
  return Math.min(1, Math.max(0, value ?? requiredReward(row)))
}
