/**
 * One reward out of several models that judge the same thing. Unbounded. Members are standardised on stored moments
 * first, since the minimum, the median and the spread of numbers with different offsets mean nothing. Averaging takes
 * out errors that differ between members, never those they share. Sources: papers 17 and 19; UWO after Coste et al.
 */
import { z } from 'zod'
import { defineCombiner } from '../kinds/combiner.ts'
import { AGGREGATES, aggregateScores } from '../numerics/ensemble-aggregate.ts'
import { standardise } from '../numerics/standardise-members.ts'
import { createColumn, invalidate, sealColumn } from '../records/column.ts'
import { invalidReason } from './propagate-invalid.ts'

export const ensemble = defineCombiner({
  name: 'ensemble',
  summary: 'Joins the columns of several reward models: mean, median, worst case, or mean less disagreement.',
  paper: {
    slug: '17-ensembles',
    title: 'Helping or Herding? Reward Model Ensembles Mitigate but do not Eliminate Reward Hacking',
    source: 'aggregation; tlc4418/llm_optimization src/bon/ensemble_rm.py',
  },
  formula: 'mean | median | min | quantile | mean − λ·std | mean − λ·variance | Σ w_m·r_m of (r_m − μ_m)/σ_m',
  range: 'unbounded',
  aliases: ['uwo', 'wco', 'worst case', 'uncertainty-weighted', 'weighted ensemble', 'reward model ensemble'],
  scope: 'row',
  grain: 'rollout',
  parameters: z.object({
    of: z.array(z.string()).min(1).describe('columns of the members'),
    aggregate: z.enum(AGGREGATES).default('mean').describe('what is made of the members’ scores'),
    coefficient: z
      .number()
      .nonnegative()
      .optional()
      .describe('λ: 1 for mean-minus-std and 0.5 for mean-minus-variance (UWO) unless told'),
    variance: z
      .enum(['population', 'unbiased'])
      .default('population')
      .describe('divisor of the variance: members, or members − 1'),
    quantile: z.number().min(0).max(1).default(0.25).describe('of the aggregate `quantile`'),
    weights: z
      .record(z.string(), z.number())
      .default({})
      .describe(
        'of the aggregate `weighted`: column → weight, as they are; a column without one has 0; none: equal',
      ),
    reference: z
      .record(
        z.string(),
        z.strictObject({
          mean: z.number().describe('mean over a fixed reference set'),
          standardDeviation: z
            .number()
            .nonnegative()
            .describe('standard deviation over it; below 1e-8 counts as 1'),
        }),
      )
      .default({})
      .describe(
        'column → its moments on a reference set, by which it is standardised; a column without stays raw',
      ),
    missing: z
      .enum(['invalid', 'skip'])
      .default('invalid')
      .describe('a row with an invalid member is invalid, or is aggregated over its valid members'),
  }),
  reads: ({ of }) => of,
  examples: [
    {
      title: 'the worst case of two members, one of which failed once',
      parameters: { of: ['first', 'second'], aggregate: 'min' },
      input: { columns: { first: [1, 3, 2], second: [2, 0, null] } },
      result: [1, 0, null],
    },
    {
      title: 'mean less half the variance, on standardised members',
      parameters: {
        of: ['first', 'second'],
        aggregate: 'mean-minus-variance',
        reference: { first: { mean: 10, standardDeviation: 2 }, second: { mean: 0, standardDeviation: 1 } },
      },
      input: { columns: { first: [14, 12], second: [0, 1] } },
      result: [0.5, 1],
    },
    {
      title: 'weighted, with what is left where a member is missing',
      parameters: { of: ['a', 'b'], aggregate: 'weighted', weights: { a: 0.75, b: 0.25 }, missing: 'skip' },
      input: { columns: { a: [1, null, null], b: [5, 4, null] } },
      result: [2, 4, null],
    },
  ],
  apply(columns, parameters, { size }) {
    const { of, weights, reference, missing } = parameters
    const result = createColumn(size)
    const members = of.map((name) => columns.get(name)!)
    const moments = of.map((name) => reference[name])
    const given = Object.keys(weights).length > 0
    const own = Float64Array.from(of, (name) => (given ? (weights[name] ?? 0) : 1 / of.length))
    const total = own.reduce((sum, weight) => sum + weight, 0)
    const row = new Float64Array(of.length)
    const rowWeights = new Float64Array(of.length)
    const options = {
      aggregate: parameters.aggregate,
      variance: parameters.variance,
      q: parameters.quantile,
      weights: rowWeights,
      ...(parameters.coefficient === undefined ? {} : { coefficient: parameters.coefficient }),
    }
    for (let rollout = 0; rollout < size; rollout++) {
      let count = 0
      let kept = 0
      for (let member = 0; member < of.length; member++) {
        const column = members[member]!
        if (column.valid[rollout] === 1) {
          const score = column.values[rollout]!
          row[count] = moments[member] === undefined ? score : standardise(score, moments[member])
          rowWeights[count++] = own[member]!
          kept += own[member]!
        } else if (missing === 'invalid') {
          invalidate(result, rollout, invalidReason(of[member]!, column, rollout))
        }
      }
      if (result.valid[rollout] === 0) continue
      if (count === 0 || (parameters.aggregate === 'weighted' && count < of.length && kept === 0)) {
        invalidate(result, rollout, 'no valid member')
        continue
      }
      // The weights of absent members go to those that are there.
      if (count < of.length && kept !== 0)
        for (let member = 0; member < count; member++) rowWeights[member]! *= total / kept
      result.values[rollout] = aggregateScores(row, count, options)
    }
    return sealColumn(result)
  },
})
