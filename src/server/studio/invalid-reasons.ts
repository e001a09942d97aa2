/** Why rows of a column are invalid, counted from a sample of them. */
import type { StoredRow } from '../../store/store.ts'
import type { Anatomy } from './schemas.ts'

type Reasons = Anatomy['columns'][number]['invalidReasons']

/** Reasons beyond these are rare ones. */
const MOST_REASONS = 20

/**
 * Counts the reasons of a column's sampled rows and scales them to all its invalid rows: exact where every invalid row
 * is in the sample, an estimate of whole rows elsewhere. Most frequent first, each with the place of one row.
 *
 * @param invalid how many rows are invalid
 */
export function invalidReasons(column: string, sample: readonly StoredRow[], invalid: number): Reasons {
  const counts = new Map<string, { count: number; example: number }>()
  for (const { sequence, scores } of sample) {
    const isKnown = column === 'reward' || column in scores.columns
    const reason = isKnown
      ? (scores.reasons[column] ?? 'no reason was stored')
      : 'its spec had no such signal'
    const known = counts.get(reason)
    if (known === undefined) counts.set(reason, { count: 1, example: sequence })
    else known.count++
  }
  return [...counts]
    .sort(([, a], [, b]) => b.count - a.count)
    .slice(0, MOST_REASONS)
    .map(([reason, { count, example }]) => ({
      reason,
      rows: Math.max(count, Math.round((count * invalid) / sample.length)),
      example,
    }))
}
