/** Smallest of several columns: the reward is what the worst property allows. Range: that of the columns. */
import { z } from 'zod'
import { defineCombiner } from '../kinds/combiner.ts'
import { resultOver } from './propagate-invalid.ts'

export const min = defineCombiner({
  name: 'min',
  summary: 'Takes the smallest of several columns.',
  formula: 'min_k r_k',
  range: 'that of the columns',
  aliases: ['worst-case', 'minimum'],
  scope: 'row',
  grain: 'rollout',
  parameters: z.object({ of: z.array(z.string()).min(1).describe('columns to compare, on one scale') }),
  reads: ({ of }) => of,
  examples: [
    {
      title: 'the worse of two',
      parameters: { of: ['helpful', 'harmless'] },
      input: { columns: { helpful: [2, -1, 3], harmless: [0.5, 4, null] } },
      result: [0.5, -1, null],
    },
  ],
  apply(columns, { of }, { size }) {
    const result = resultOver(columns, of, size)
    result.values.set(columns.get(of[0]!)!.values)
    for (const name of of) {
      const { values } = columns.get(name)!
      for (let row = 0; row < size; row++) {
        if (values[row]! < result.values[row]!) result.values[row] = values[row]!
      }
    }
    for (let row = 0; row < size; row++) if (result.valid[row] === 0) result.values[row] = 0
    return result
  },
})
