/**
 * Logical OR of properties: the log-probability that a completion is good in at least one of them. Range (−∞, 0].
 * Each column is a centred reward Δ, σ(Δ) the probability of being good in it. Source: the logic of paper 06, extended.
 */
import { z } from 'zod'
import { defineCombiner } from '../kinds/combiner.ts'
import { groupDeviationRescales } from '../kinds/trainer-sentences.ts'
import { logComplement, logSigmoid, softplus } from '../numerics/sigmoid.ts'
import { invalidate, sealColumn } from '../records/column.ts'
import { resultOver } from './propagate-invalid.ts'

export const anyOf = defineCombiner({
  name: 'any-of',
  summary: 'Log-probability of at least one property being good: high where any of them is.',
  paper: {
    slug: '06-transforming-combining',
    title: 'Transforming and Combining Rewards for Aligning Large Language Models',
    source: 'its logic, extended to OR',
  },
  formula: 'log(1 − Π_k (1 − σ(Δ_k)))',
  range: '(−∞, 0]',
  aliases: ['or', 'logical or'],
  scope: 'row',
  grain: 'rollout',
  parameters: z.object({
    of: z.array(z.string()).min(1).describe('columns, centred on their references'),
    transformed: z
      .boolean()
      .default(false)
      .describe('true if the columns are log-probabilities already (their shaping ends in log-sigmoid)'),
  }),
  reads: ({ of }) => of,
  warnings: groupDeviationRescales,
  examples: [
    {
      title: 'two even chances, one sure thing, one invalid',
      parameters: { of: ['fast', 'cheap'] },
      input: { columns: { fast: [0, 100, null], cheap: [0, -100, 0] } },
      result: [Math.log(0.75), 0, null],
      tolerance: 1e-12,
    },
  ],
  apply(columns, { of, transformed }, { size }) {
    const result = resultOver(columns, of, size)
    const read = of.map((name) => columns.get(name)!.values)
    for (let row = 0; row < size; row++) {
      if (result.valid[row] === 0) continue
      // log Π (1 − σ), which is −Σ softplus of the centred rewards.
      let none = 0
      let highest = Number.NEGATIVE_INFINITY
      for (const values of read) {
        const value = values[row]!
        none += transformed ? logComplement(value) : -softplus(value)
        highest = Math.max(highest, transformed ? value : logSigmoid(value))
      }
      if (Number.isNaN(none)) {
        invalidate(result, row, 'a log-probability above 0')
        continue
      }
      // Where no chance is left of any, the sum of the chances is their union; it is taken in logarithms.
      result.values[row] = none > -1e-290 ? logOfSum(read, row, highest, transformed) : logComplement(none)
    }
    return sealColumn(result)
  },
})

function logOfSum(read: readonly Float64Array[], row: number, highest: number, transformed: boolean): number {
  let total = 0
  for (const values of read) {
    total += Math.exp((transformed ? values[row]! : logSigmoid(values[row]!)) - highest)
  }
  return highest + Math.log(total)
}
