/**
 * Weighted sum of columns: the plain way to join rewards, and the baseline that others improve on. Unbounded.
 * A row with an invalid column is invalid unless `missing: skip` leaves that column out for the row (TRL's rule).
 */
import { z } from 'zod'
import { defineCombiner } from '../kinds/combiner.ts'
import { createColumn, invalidate } from '../records/column.ts'

export const weightedSum = defineCombiner({
  name: 'weighted-sum',
  summary: 'Adds columns, each times its weight.',
  formula: 'Σ_k w_k · r_k',
  range: 'unbounded',
  scope: 'row',
  grain: 'rollout',
  parameters: z.object({
    weights: z.record(z.string(), z.number()).describe('column name → weight'),
    missing: z
      .enum(['invalid', 'skip'])
      .default('invalid')
      .describe(
        'a row with an invalid column is invalid, or is summed over its valid columns (invalid if it has none)',
      ),
  }),
  reads: ({ weights }) => Object.keys(weights),
  examples: [
    {
      title: 'two columns, one row invalid',
      parameters: { weights: { correct: 1, format: 0.5 } },
      input: { columns: { correct: [1, 0, null], format: [1, 1, 1] } },
      result: [1.5, 0.5, null],
    },
    {
      title: 'leave out what is missing',
      parameters: { weights: { correct: 1, format: 0.5 }, missing: 'skip' },
      input: { columns: { correct: [1, null, null], format: [1, 1, null] } },
      result: [1.5, 0.5, null],
    },
  ],
  apply(columns, { weights, missing }, { size }) {
    const result = createColumn(size)
    const present = new Uint8Array(size)
    for (const [name, weight] of Object.entries(weights)) {
      const column = columns.get(name)!
      for (let row = 0; row < size; row++) {
        if (column.valid[row] === 1) {
          result.values[row]! += weight * column.values[row]!
          present[row] = 1
        } else if (missing === 'invalid') {
          invalidate(result, row, `${name}: ${column.reasons?.[row] ?? 'invalid'}`)
        }
      }
    }
    for (let row = 0; row < size; row++) {
      if (result.valid[row] === 0) result.values[row] = 0
      else if (present[row] === 0) invalidate(result, row, 'no valid column')
    }
    return result
  },
})
