/** The loops that signals of one number a completion share, with or without reference answers. */
import type { RolloutBatch } from '../records/batch.ts'
import { type Column, createColumn, invalidate } from '../records/column.ts'
import { referencesOf } from '../records/rollout.ts'

/** A column with `score(completion)` in every row. */
export function byCompletion(batch: RolloutBatch, score: (completion: string) => number): Column {
  const column = createColumn(batch.size)
  for (let row = 0; row < batch.size; row++) column.values[row] = score(batch.completions[row]!)
  return column
}

/**
 * A column with `score(completion, references)` in every row that has a reference; rows without one are invalid, and
 * so are rows for which the function gives the reason instead of a number.
 */
export function byReference(
  batch: RolloutBatch,
  score: (completion: string, references: readonly string[]) => number | string,
): Column {
  const column = createColumn(batch.size)
  for (let row = 0; row < batch.size; row++) {
    const references = referencesOf(batch.rollouts[row]!)
    const result =
      references.length === 0 ? 'the rollout has no reference' : score(batch.completions[row]!, references)
    if (typeof result === 'string') invalidate(column, row, result)
    else column.values[row] = result
  }
  return column
}
