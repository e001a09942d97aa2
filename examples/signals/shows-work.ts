/** A signal of your own: how many equations a completion writes down. Named in a spec by this file's path. */
import { z } from 'zod'
import { createColumn, defineSignal } from '../../src/index.ts'

export default defineSignal({
  name: 'shows-work',
  summary: 'Equations written down, up to a most, as a share of it.',
  range: '[0, 1]',
  grain: 'rollout',
  parameters: z.object({ most: z.int().min(1).default(2).describe('equations that are enough') }),
  examples: [
    { title: 'one of two', input: { rollouts: [{ completion: '2 + 3 = 5. So 5.' }] }, result: [0.5] },
  ],
  score(batch, { most }) {
    const column = createColumn(batch.size)
    for (let row = 0; row < batch.size; row++) {
      const equations = batch.completions[row]!.split('=').length - 1
      column.values[row] = Math.min(equations, most) / most
    }
    return column
  },
})
