/**
 * Win-rate scaling: the average probability that a completion beats a fixed set of comparison completions under the
 * reward itself. Range (0, 1) whatever the reward's own scale, so that rewards of several users or models, which
 * pairwise data fix up to their scale, can stand beside each other. Source: paper 55 (VPL-SPO).
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { groupDeviationRescales } from '../kinds/trainer-sentences.ts'
import { winRateScaled } from '../numerics/win-rate-scaling.ts'
import { copyColumn, sealColumn } from '../records/column.ts'

export const winRateScaling = defineShaping({
  name: 'win-rate-scaling',
  summary:
    'Average probability of beating a fixed set of comparison completions, whatever the reward’s scale.',
  paper: {
    slug: '55-vpl',
    title: 'Personalizing RLHF with Variational Preference Learning',
    source: 'jaxrl_m/learners/d4rl_utils.py, VPL-SPO',
  },
  formula: '(1/M) · Σ_j σ(r − s_j); exp of it / τ with a temperature',
  range: '(0, 1); (1, e^(1/τ)) with a temperature',
  aliases: ['vpl-spo', 'reward scaling', 'win rate against references'],
  grains: ['rollout', 'step', 'token'],
  scope: 'row',
  parameters: z.object({
    comparisons: z
      .array(z.number())
      .min(1)
      .describe('rewards of the comparison completions, by the model that gives the rewards'),
    temperature: z.number().positive().optional().describe('τ of exp(win rate / τ); without it the win rate'),
  }),
  warnings: groupDeviationRescales,
  examples: [
    {
      title: 'level with one comparison and ln 3 above the other; far above both; no reward',
      parameters: { comparisons: [0, -Math.log(3)] },
      input: { column: [0, 1e3, null] },
      result: [0.625, 1, null],
      tolerance: 1e-15,
    },
    {
      title: 'with a temperature',
      parameters: { comparisons: [2], temperature: 0.5 },
      input: { column: [2] },
      result: [Math.E],
      tolerance: 1e-15,
    },
  ],
  apply(column, { comparisons, temperature }) {
    const result = copyColumn(column)
    const rates = winRateScaled(result.values, comparisons)
    for (let row = 0; row < rates.length; row++) {
      if (result.valid[row] === 0) continue
      result.values[row] = temperature === undefined ? rates[row]! : Math.exp(rates[row]! / temperature)
    }
    return sealColumn(result)
  },
})
