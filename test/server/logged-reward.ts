/** A signal for tests: the reward that a generated run says a row was paid, out of the row's metadata. */
import { z } from 'zod'
import { createColumn, defineSignal } from '../../src/index.ts'

export default defineSignal({
  name: 'logged-reward',
  summary: 'The number under "paid" in the row’s metadata.',
  range: '(−∞, ∞)',
  grain: 'rollout',
  parameters: z.object({}),
  examples: [],
  score(batch) {
    const column = createColumn(batch.size)
    for (const [row, { metadata }] of batch.rollouts.entries()) {
      column.values[row] = z.object({ paid: z.number() }).parse(metadata).paid
    }
    return column
  },
})
