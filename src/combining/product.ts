/**
 * Product of columns: a gate when they are 0 or 1, a joint probability when they are probabilities of independent
 * properties. Range [0, 1] for columns in [0, 1]; never above the smallest of them.
 */
import { z } from 'zod'
import { defineCombiner } from '../kinds/combiner.ts'
import { resultOver } from './propagate-invalid.ts'

export const product = defineCombiner({
  name: 'product',
  summary: 'Multiplies columns, so that one zero makes the reward zero.',
  formula: 'Π_k r_k',
  range: '[0, 1] for columns in [0, 1]',
  aliases: ['multiply', 'gate'],
  scope: 'row',
  grain: 'rollout',
  parameters: z.object({ of: z.array(z.string()).min(1).describe('columns to multiply') }),
  reads: ({ of }) => of,
  examples: [
    {
      title: 'a gate',
      parameters: { of: ['correct', 'format'] },
      input: { columns: { correct: [1, 1, 0.5, null], format: [1, 0, 0.5, 0] } },
      result: [1, 0, 0.25, null],
    },
  ],
  apply(columns, { of }, { size }) {
    const result = resultOver(columns, of, size)
    for (let row = 0; row < size; row++) result.values[row] = result.valid[row]!
    for (const name of of) {
      const { values } = columns.get(name)!
      for (let row = 0; row < size; row++) {
        if (result.valid[row] === 1) result.values[row]! *= values[row]!
      }
    }
    return result
  },
})
