/**
 * Gates in order of importance: the first gate that a completion fails decides its reward; only one that passes all of
 * them is judged by the last column. Range: that of the gates' and the last column's values.
 */
import { z } from 'zod'
import { defineCombiner } from '../kinds/combiner.ts'
import { createColumn, invalidate } from '../records/column.ts'
import { invalidReason } from './propagate-invalid.ts'

export const lexicographic = defineCombiner({
  name: 'lexicographic',
  summary: 'Passes gates in order: the first one failed decides, else the last column does.',
  formula: 'otherwise_i (or r_i) for the first i with r_i < atLeast_i, else r_value',
  range: 'that of the deciding values',
  aliases: ['gate', 'cascade', 'priority'],
  scope: 'row',
  grain: 'rollout',
  parameters: z.object({
    gates: z
      .array(
        z.strictObject({
          column: z.string().describe('column that must reach the threshold'),
          atLeast: z.number().describe('threshold; the gate fails below it'),
          otherwise: z
            .number()
            .optional()
            .describe('reward when this gate fails; the column’s own value if left out'),
        }),
      )
      .min(1)
      .describe('gates, the most important first'),
    value: z.string().describe('column that decides when every gate is passed'),
  }),
  reads: ({ gates, value }) => [...gates.map(({ column }) => column), value],
  examples: [
    {
      title: 'safe first, then well formed, then helpful',
      parameters: {
        gates: [
          { column: 'safe', atLeast: 0.5, otherwise: -1 },
          { column: 'format', atLeast: 1, otherwise: 0 },
        ],
        value: 'helpful',
      },
      input: {
        columns: { safe: [0.1, 0.9, 0.9, 0.2, 0.9], format: [1, 0, 1, null, null], helpful: [3, 3, 3, 3, 3] },
      },
      result: [-1, 0, 3, -1, null],
    },
  ],
  apply(columns, { gates, value }, { size }) {
    const result = createColumn(size)
    const steps = [
      ...gates.map((gate) => ({ ...gate, read: columns.get(gate.column)! })),
      { column: value, atLeast: Number.POSITIVE_INFINITY, otherwise: undefined, read: columns.get(value)! },
    ]
    for (let row = 0; row < size; row++) {
      for (const { column, atLeast, otherwise, read } of steps) {
        // A gate that cannot be judged decides nothing, and neither does anything behind it.
        if (read.valid[row] === 0) {
          invalidate(result, row, invalidReason(column, read, row))
          break
        }
        if (read.values[row]! < atLeast) {
          result.values[row] = otherwise ?? read.values[row]!
          break
        }
      }
    }
    return result
  },
})
