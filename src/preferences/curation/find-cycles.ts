/** Rows whose preference is part of a cycle within its prompt. */
import type { Marks } from './marks.ts'
import { preferenceCycles } from './preference-cycles.ts'
import { type Relation, repeatedRuns } from './relation.ts'

/**
 * Columns: prompt, chosen, rejected, row. Marks the rows of cycles of three completions or more; the same two labelled
 * both ways are conflicts. One prompt is held in memory at a time. Returns the number of prompts with a cycle.
 */
export async function findCycles(relation: Relation, marks: Marks): Promise<number> {
  let prompts = 0
  for await (const { size, columns } of repeatedRuns(relation, 1)) {
    if (size < 3) continue
    const [, chosen, rejected, rows] = columns
    const cycles = preferenceCycles(chosen!, rejected!, size)
    let found = false
    for (let at = 0; at < size; at++) {
      if (cycles[at]! < 3) continue
      marks.add(rows![at]!, 'cycle', -1, cycles[at]!)
      found = true
    }
    if (found) prompts++
  }
  return prompts
}
