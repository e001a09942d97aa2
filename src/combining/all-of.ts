/**
 * Logical AND of properties: the log-probability that a completion is good in all of them. Range (−∞, 0].
 * Each column is a centred reward Δ (0 = as good as the reference), so σ(Δ) is the probability of being good; a poor
 * property costs about its full distance, and an absurdly good one cannot pay for it.
 * Source: paper 06, section on combining rewards. It assumes that the properties are judged independently.
 */
import { z } from 'zod'
import { defineCombiner } from '../kinds/combiner.ts'
import { groupDeviationRescales } from '../kinds/trainer-sentences.ts'
import { logSigmoid } from '../numerics/sigmoid.ts'
import { sealColumn } from '../records/column.ts'
import { resultOver } from './propagate-invalid.ts'

export const allOf = defineCombiner({
  name: 'all-of',
  summary: 'Adds log-sigmoids of centred columns: high only where every property is good.',
  paper: {
    slug: '06-transforming-combining',
    title: 'Transforming and Combining Rewards for Aligning Large Language Models',
    source: 'section on combining rewards',
  },
  formula: 'Σ_k w_k · log σ(Δ_k)',
  range: '(−∞, 0]',
  aliases: ['and', 'logical and', 'log-sigmoid sum'],
  scope: 'row',
  grain: 'rollout',
  parameters: z.object({
    of: z.array(z.string()).min(1).describe('columns, centred on their references'),
    weights: z
      .record(z.string(), z.number().nonnegative())
      .default({})
      .describe('column name → weight; 1 for a column left out'),
    transformed: z
      .boolean()
      .default(false)
      .describe('true if the columns are log-probabilities already (their shaping ends in log-sigmoid)'),
  }),
  reads: ({ of }) => of,
  warnings: groupDeviationRescales,
  examples: [
    {
      title: 'good in both, and excellent in one but poor in the other',
      parameters: { of: ['helpful', 'harmless'] },
      input: { columns: { helpful: [0, 100, null], harmless: [0, -3, 1] } },
      result: [-2 * Math.LN2, -3.0485873515737421, null],
      tolerance: 1e-12,
    },
    {
      title: 'columns that a log-sigmoid shaped, one counting half',
      parameters: { of: ['helpful', 'harmless'], weights: { harmless: 0.5 }, transformed: true },
      input: { columns: { helpful: [-1], harmless: [-3] } },
      result: [-2.5],
    },
  ],
  apply(columns, { of, weights, transformed }, { size }) {
    const result = resultOver(columns, of, size)
    for (const name of of) {
      const { values } = columns.get(name)!
      const weight = weights[name] ?? 1
      for (let row = 0; row < size; row++) {
        if (result.valid[row] === 0) continue
        result.values[row]! += weight * (transformed ? values[row]! : logSigmoid(values[row]!))
      }
    }
    return sealColumn(result)
  },
})
