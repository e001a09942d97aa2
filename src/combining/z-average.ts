/**
 * Mean of z-scores: joins columns of different scales by how far each stands from its own mean. Unbounded; over the
 * rows of a scope the mean is 0. Source: paper 49 (BLEUBERI), training/dataset.py `bleu_rm_reward_func`.
 */
import { z } from 'zod'
import { defineCombiner } from '../kinds/combiner.ts'
import { type Groups, groupMoments } from '../numerics/grouped.ts'
import { sealColumn } from '../records/column.ts'
import { resultOver } from './propagate-invalid.ts'

export const zAverage = defineCombiner({
  name: 'z-average',
  summary: 'Averages the z-scores of columns, taken inside each group or over the batch.',
  paper: { slug: '49-bleuberi', title: 'BLEUBERI', source: 'training/dataset.py bleu_rm_reward_func' },
  formula: '1/K · Σ_k (r_k − mean_k) / (std_k + ε), std unbiased',
  range: 'unbounded',
  aliases: ['bleu-rm', 'standardised mean', 'z-score average'],
  scope: ({ scope }) => scope,
  grain: 'rollout',
  parameters: z.object({
    of: z.array(z.string()).min(1).describe('columns to average'),
    scope: z
      .enum(['group', 'batch'])
      .default('group')
      .describe(
        'rows whose mean and deviation count: the prompt’s group, or the whole batch (the authors’ code)',
      ),
    epsilon: z.number().nonnegative().default(1e-6).describe('added to the standard deviation'),
  }),
  reads: ({ of }) => of,
  warnings: (trainer, { scope }) =>
    scope === 'group'
      ? []
      : [
          `${trainer} compares rewards inside a group, while batch z-scores also carry differences between prompts.`,
        ],
  examples: [
    {
      title: 'two columns that agree',
      parameters: { of: ['bleu', 'helpful'], epsilon: 0 },
      input: { columns: { bleu: [0.2, 0.4, null], helpful: [-3, 5, 1] } },
      result: [-Math.SQRT1_2, Math.SQRT1_2, null],
      tolerance: 1e-12,
    },
    {
      title: 'equal values say nothing',
      parameters: { of: ['bleu'] },
      input: { columns: { bleu: [0.5, 0.5] } },
      result: [0, 0],
    },
  ],
  apply(columns, { of, scope, epsilon }, { size, groups }) {
    const result = resultOver(columns, of, size)
    const scopes: Groups = scope === 'group' ? groups : { count: 1, of: new Int32Array(size) }
    for (const name of of) {
      const { values } = columns.get(name)!
      const { count, mean, squares } = groupMoments(values, result.valid, scopes)
      for (let row = 0; row < size; row++) {
        if (result.valid[row] === 0) continue
        const group = scopes.of[row]!
        const spread = Math.sqrt(squares[group]! / (count[group]! - 1)) + epsilon
        // Equal values, and a group of one, have no spread: whatever ε is, their score is 0.
        if (spread > 0) result.values[row]! += (values[row]! - mean[group]!) / spread / of.length
      }
    }
    return sealColumn(result)
  },
})
