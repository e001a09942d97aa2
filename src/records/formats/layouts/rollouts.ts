/** Guerdon's own layout: one rollout a row. */
import { parseRollout, type Rollout } from '../../rollout.ts'
import { column, hasAll, type Layout } from '../layout.ts'

export const rollouts: Layout<'rollout'> = {
  name: 'rollouts',
  record: 'rollout',
  columns: {
    id: column.optionalString,
    group: column.optionalString,
    prompt: column.text,
    completion: column.text,
    reference: column.optionalReference,
    steps: column.optionalJson,
    tokens: column.optionalIntegers,
    logprobs: column.optionalNumbers,
    reference_logprobs: column.optionalNumbers,
    reference_completions: column.optionalJson,
    reference_scores: column.optionalJson,
    finish_reason: column.optionalString,
    step: column.optionalNumber,
    user: column.optionalString,
    category: column.optionalString,
    columns: column.optionalJson,
    metadata: column.optionalJson,
  },
  matches: (columns) => hasAll(columns, 'prompt', 'completion'),
  parse: parseRollout,
}

/**
 * A rollout as a row of this layout; `rollouts.parse` gives it back.
 *
 * @example rolloutRow({ id: 'a', group: 'g', prompt: '2 + 2?', completion: '4', finishReason: 'stop' })
 *   // { id: 'a', group: 'g', prompt: '2 + 2?', completion: '4', finish_reason: 'stop' }
 */
export function rolloutRow(rollout: Rollout): Record<string, unknown> {
  const row: Record<string, unknown> = {}
  for (const name in rollout) {
    const value = rollout[name as keyof Rollout]
    if (value !== undefined) row[rowNames[name as keyof Rollout] ?? name] = value
  }
  return row
}

const rowNames: Partial<Record<keyof Rollout, string>> = {
  referenceLogprobs: 'reference_logprobs',
  referenceCompletions: 'reference_completions',
  referenceScores: 'reference_scores',
  finishReason: 'finish_reason',
}
