/**
 * Harmonic mean of columns: close to the smallest of them, 0 if one is 0. Range [0, ∞), [0, 1] for columns in [0, 1].
 * BLEU and ROUGE-L joined so are the `bleu_rouge_f1` reward. Source: paper 49 (BLEUBERI), training/utils.py.
 */
import { z } from 'zod'
import { defineCombiner } from '../kinds/combiner.ts'
import { invalidate, sealColumn } from '../records/column.ts'
import { resultOver } from './propagate-invalid.ts'

export const harmonicMean = defineCombiner({
  name: 'harmonic-mean',
  summary: 'Harmonic mean of columns, which is high only where all of them are.',
  paper: { slug: '49-bleuberi', title: 'BLEUBERI', source: 'training/utils.py bleu_rouge_f1_reward' },
  formula: 'K / Σ_k 1/r_k',
  range: '[0, ∞)',
  aliases: ['bleu-rouge', 'bleu-rouge-f1', 'f1'],
  scope: 'row',
  grain: 'rollout',
  parameters: z.object({ of: z.array(z.string()).min(1).describe('columns of values of at least 0') }),
  reads: ({ of }) => of,
  examples: [
    {
      title: 'BLEU and ROUGE-L',
      parameters: { of: ['bleu', 'rouge'] },
      input: { columns: { bleu: [0.5, 0, 0.3, -1], rouge: [1, 0, null, 1] } },
      result: [2 / 3, 0, null, null],
      tolerance: 1e-12,
    },
  ],
  apply(columns, { of }, { size }) {
    const result = resultOver(columns, of, size)
    for (const name of of) {
      const { values } = columns.get(name)!
      for (let row = 0; row < size; row++) {
        if (result.valid[row] === 0) continue
        if (values[row]! < 0) invalidate(result, row, `${name}: ${values[row]} is below 0`)
        else result.values[row]! += 1 / values[row]!
      }
    }
    // A value of 0 has made the sum infinite, which gives the mean its limit 0.
    for (let row = 0; row < size; row++) {
      if (result.valid[row] === 1) result.values[row] = of.length / result.values[row]!
    }
    return sealColumn(result)
  },
})
