/** Rows whose normalised prompt, chosen and rejected are those of an earlier row. */
import type { Marks } from './marks.ts'
import { type Relation, repeatedRuns } from './relation.ts'

/** columns: two keys of the labelled pair, row */
export async function findCopies(relation: Relation, marks: Marks): Promise<void> {
  for await (const { size, columns } of repeatedRuns(relation, 2)) {
    const first = columns[2]![0]!
    for (let at = 1; at < size; at++) marks.add(columns[2]![at]!, 'copy', first)
  }
}
