/** A served rollout with its scores, as the watch takes it. */
import { completionText, type Rollout, tokenCount } from '../records/rollout.ts'
import type { AuditRow } from './audit-table.ts'

/** The scores the watch looks at; lists (step and token columns) are passed over. */
export interface WatchedScores {
  readonly reward: number | null
  readonly columns: Readonly<Record<string, number | null | readonly (number | null)[]>>
}

/**
 * Joins what the trainer logged (`rollout.columns`, numbers and booleans) with the reward's own columns; where both
 * have a name, the reward's counts.
 */
export function watchedRow(rollout: Rollout, scores: WatchedScores): AuditRow {
  const columns: Record<string, number | null> = {}
  for (const name in rollout.columns) {
    const value = rollout.columns[name]
    if (typeof value === 'number') columns[name] = value
    else if (typeof value === 'boolean') columns[name] = Number(value)
  }
  for (const name in scores.columns) {
    const value = scores.columns[name]
    if (typeof value === 'number' || value === null) columns[name] = value
  }
  const tokens = tokenCount(rollout)
  return {
    id: rollout.id,
    group: rollout.group,
    step: rollout.step ?? null,
    reward: scores.reward,
    columns,
    completion: completionText(rollout.completion),
    ...(tokens === undefined ? {} : { tokens }),
  }
}
