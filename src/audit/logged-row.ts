/** One row of a log, in any form that Guerdon writes: `rollouts`, the output of `score`, the output of `export`. */
import { type ErrorPlace, GuerdonError } from '../records/error.ts'
import { completionText, promptDigest, type Text } from '../records/rollout.ts'
import type { AuditRow } from './audit-table.ts'

const prefixes = ['columns.', 'scores.']

function numberOf(value: unknown): number | null | undefined {
  if (value === null) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  // Cells of a CSV file are text.
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value)
  return undefined
}

function collect(from: unknown, into: Record<string, number | null>): void {
  if (from === null || typeof from !== 'object' || Array.isArray(from)) return
  for (const [name, entry] of Object.entries(from)) {
    const value = typeof entry === 'string' ? undefined : numberOf(entry)
    if (value !== undefined) into[name] = value
  }
}

function isText(value: unknown): value is Text {
  return (
    typeof value === 'string' ||
    (Array.isArray(value) &&
      value.every((message) => typeof (message as { role?: unknown })?.role === 'string'))
  )
}

function idOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/**
 * Reads a row for an audit. The reward is the row's own `reward` when the column asked for is `reward` and the row has
 * one, else the named entry of `columns` or `scores`; every other number there is a column. `null` rewards are invalid.
 * @param rewardColumn name of the audited column
 * @throws GuerdonError DATA_FIELD_INVALID or DATA_FIELD_MISSING with file, line and field
 */
export function loggedRow(value: unknown, where: ErrorPlace, rewardColumn = 'reward'): AuditRow {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new GuerdonError('DATA_FIELD_INVALID', 'is no rollout', {
      where,
      found: value,
      expected: 'a JSON object',
    })
  }
  const row = value as Record<string, unknown>
  const columns: Record<string, number | null> = {}
  collect(row.columns, columns)
  collect(row.scores, columns)
  for (const name in row) {
    const prefix = prefixes.find((start) => name.startsWith(start))
    if (prefix === undefined) continue
    const entry = numberOf(row[name])
    if (entry !== undefined) columns[name.slice(prefix.length)] = entry
  }
  const own = Object.hasOwn(row, rewardColumn) ? numberOf(row[rewardColumn]) : undefined
  const reward = own !== undefined ? own : columns[rewardColumn]
  if (reward === undefined) {
    const names = Object.keys(columns)
    throw new GuerdonError('DATA_FIELD_MISSING', 'is missing or no number; an audit needs the reward', {
      where: { ...where, field: rewardColumn },
      expected: names.length === 0 ? 'a number' : `a number, or --reward with one of ${names.join(', ')}`,
    })
  }
  const step = row.step === undefined || row.step === '' ? null : numberOf(row.step)
  if (step === undefined) {
    throw new GuerdonError('DATA_FIELD_INVALID', 'has the wrong form', {
      where: { ...where, field: 'step' },
      found: row.step,
      expected: 'a number',
    })
  }
  const group = idOf(row.group) ?? (isText(row.prompt) ? promptDigest(row.prompt) : undefined)
  if (group === undefined) {
    throw new GuerdonError('DATA_FIELD_MISSING', 'is missing; a row needs "group" or "prompt"', {
      where: { ...where, field: 'group' },
    })
  }
  const tokens = Array.isArray(row.tokens) ? row.tokens.length : (columns.completion_tokens ?? columns.tokens)
  return {
    id: idOf(row.id) ?? `row-${where.line ?? 1}`,
    group,
    step,
    reward,
    columns,
    ...(typeof tokens === 'number' ? { tokens } : {}),
    ...(isText(row.completion) ? { completion: completionText(row.completion) } : {}),
  }
}
