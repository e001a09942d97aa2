/**
 * Logical NOT of a property: the log-probability that a completion is not good in it. Range (−∞, 0].
 * The column is a centred reward Δ. Source: the logic of paper 06, extended.
 */
import { z } from 'zod'
import { defineCombiner } from '../kinds/combiner.ts'
import { groupDeviationRescales } from '../kinds/trainer-sentences.ts'
import { logComplement, logSigmoid } from '../numerics/sigmoid.ts'
import { invalidate, sealColumn } from '../records/column.ts'
import { resultOver } from './propagate-invalid.ts'

export const not = defineCombiner({
  name: 'not',
  summary: 'Log-probability of a property not holding.',
  paper: {
    slug: '06-transforming-combining',
    title: 'Transforming and Combining Rewards for Aligning Large Language Models',
    source: 'its logic, extended to NOT',
  },
  formula: 'log σ(−Δ)',
  range: '(−∞, 0]',
  aliases: ['logical not', 'complement'],
  scope: 'row',
  grain: 'rollout',
  parameters: z.object({
    of: z.string().describe('column, centred on its reference'),
    transformed: z
      .boolean()
      .default(false)
      .describe('true if the column is a log-probability already (its shaping ends in log-sigmoid)'),
  }),
  reads: ({ of }) => [of],
  warnings: groupDeviationRescales,
  examples: [
    {
      title: 'harmful text',
      parameters: { of: 'harmful' },
      input: { columns: { harmful: [0, 60, -60, null] } },
      result: [-Math.LN2, -60, -8.75651076269652e-27, null],
      tolerance: 1e-12,
    },
  ],
  apply(columns, { of, transformed }, { size }) {
    const { values } = columns.get(of)!
    const result = resultOver(columns, [of], size)
    for (let row = 0; row < size; row++) {
      if (result.valid[row] === 0) continue
      const value = values[row]!
      if (transformed && value >= 0)
        invalidate(result, row, 'a log-probability of 0 or more has no complement')
      else result.values[row] = transformed ? logComplement(value) : logSigmoid(-value)
    }
    return sealColumn(result)
  },
})
