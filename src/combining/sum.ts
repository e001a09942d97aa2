/**
 * Raw sum of columns: the baseline that lets one property pay for another. Unbounded.
 * Use `all-of` over centred columns where every property must hold.
 */
import { z } from 'zod'
import { defineCombiner } from '../kinds/combiner.ts'
import { resultOver } from './propagate-invalid.ts'

export const sum = defineCombiner({
  name: 'sum',
  summary: 'Adds columns as they are.',
  formula: 'Σ_k r_k',
  range: 'unbounded',
  aliases: ['add', 'total'],
  scope: 'row',
  grain: 'rollout',
  parameters: z.object({ of: z.array(z.string()).min(1).describe('columns to add') }),
  reads: ({ of }) => of,
  examples: [
    {
      title: 'two columns, one row invalid',
      parameters: { of: ['correct', 'format'] },
      input: { columns: { correct: [1, 0, null], format: [1, 0.5, 1] } },
      result: [2, 0.5, null],
    },
  ],
  apply(columns, { of }, { size }) {
    const result = resultOver(columns, of, size)
    for (const name of of) {
      const { values } = columns.get(name)!
      for (let row = 0; row < size; row++) {
        if (result.valid[row] === 1) result.values[row]! += values[row]!
      }
    }
    return result
  },
})
