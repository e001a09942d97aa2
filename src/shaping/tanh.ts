/**
 * Hyperbolic tangent of a reward, or of its distance to each of the prompt's references. Range (−1, 1).
 * The relative form is 2·preference-as-reward − 1 with k = 2. Source: paper 36, step 6.
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { groupDeviationRescales } from '../kinds/trainer-sentences.ts'
import { copyColumn } from '../records/column.ts'
import { meanOverReferences, REFERENCES_INPUT, referencesFor, writeOrReject } from './references.ts'

export const tanh = defineShaping({
  name: 'tanh',
  summary: 'Squeezes a reward, or its distance to the references, into (−1, 1).',
  paper: {
    slug: '36-par',
    title: 'Reward Shaping to Mitigate Reward Hacking in RLHF',
    source: 'trainers/reward_shaper.py, reward_tanh',
  },
  formula: 'tanh(r), or (1/M) · Σ_m tanh(r − r_ref,m)',
  range: '(−1, 1)',
  aliases: ['hyperbolic tangent', 'relative tanh'],
  grains: ({ relative }) => (relative ? ['rollout'] : ['rollout', 'step', 'token']),
  scope: 'row',
  parameters: z.object({
    relative: z.boolean().default(false).describe('compare with the references; rollout columns only'),
    references: z
      .number()
      .int()
      .positive()
      .default(1)
      .describe('how many references are used, from the first'),
  }),
  inputs: ({ relative }) => (relative ? REFERENCES_INPUT : {}),
  warnings: groupDeviationRescales,
  examples: [
    {
      title: 'plain',
      input: { column: [0, Math.log(3) / 2, null] },
      result: [0, 0.5, null],
      tolerance: 1e-15,
    },
    {
      title: 'relative to one reference',
      parameters: { relative: true },
      input: { column: [4, 4], inputs: { references: [[4], []] } },
      result: [0, null],
    },
  ],
  apply(column, { relative, references: limit }, { inputs }) {
    const result = copyColumn(column)
    const { values, valid } = result
    if (relative) {
      const references = referencesFor(column, inputs)
      return writeOrReject(
        result,
        meanOverReferences(values, valid, references, limit, Math.tanh),
        references,
      )
    }
    for (let entry = 0; entry < values.length; entry++) {
      if (valid[entry] === 1) values[entry] = Math.tanh(values[entry]!)
    }
    return result
  },
})
