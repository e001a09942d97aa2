/** Visits a batch prompt by prompt, so that references shared by rollouts are prepared once for all of them. */
import { membersOf } from '../../numerics/grouped.ts'
import type { RolloutBatch } from '../../records/batch.ts'
import { type Column, invalidate } from '../../records/column.ts'
import { referencesOf } from '../../records/rollout.ts'

function sameTexts(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((text, index) => text === right[index])
}

/**
 * Calls `prepare` for the references of a row when they differ from those of the row before in its group, then
 * `visit(row)`. Rows without references, and rows whose `prepare` returns a reason, become invalid in `column` and are
 * not visited.
 */
export function forReferences(
  batch: RolloutBatch,
  column: Column,
  prepare: (references: readonly string[]) => string | undefined,
  visit: (row: number) => void,
): void {
  const { rows } = membersOf(batch.groups)
  let prepared: readonly string[] | undefined
  let failure: string | undefined
  for (const row of rows) {
    const references = referencesOf(batch.rollouts[row]!)
    if (references.length === 0) {
      invalidate(column, row, 'no reference')
      continue
    }
    if (prepared === undefined || !sameTexts(prepared, references)) {
      prepared = references
      failure = prepare(references)
    }
    if (failure !== undefined) invalidate(column, row, failure)
    else visit(row)
  }
}
