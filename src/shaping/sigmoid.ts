/**
 * Sigmoid of the raw reward. Range (0, 1). Bounded but not centred: it helps when prompts share one level; use
 * preference-as-reward when they do not. Source: paper 36, step 6, and (with a shift) its slow-start counter-example.
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { groupDeviationRescales } from '../kinds/trainer-sentences.ts'
import { sigmoid as logistic } from '../numerics/sigmoid.ts'
import { copyColumn } from '../records/column.ts'

export const sigmoid = defineShaping({
  name: 'sigmoid',
  summary: 'Squeezes a reward into (0, 1) by the logistic curve.',
  paper: {
    slug: '36-par',
    title: 'Reward Shaping to Mitigate Reward Hacking in RLHF',
    source: 'trainers/reward_shaper.py, reward_sigmoid',
  },
  formula: 'σ(k · (r − shift))',
  range: '(0, 1)',
  aliases: ['logistic', 'squash', 'slow start'],
  grains: ['rollout', 'step', 'token'],
  scope: 'row',
  parameters: z.object({
    k: z
      .number()
      .positive()
      .default(1)
      .describe('slope factor; the slope is at most k/4 (paper 36 tried 1, 2, 3)'),
    shift: z
      .number()
      .default(0)
      .describe('reward at which the curve is steepest; 3 is the slow start that the paper advises against'),
  }),
  warnings: groupDeviationRescales,
  examples: [
    {
      title: 'around zero',
      input: { column: [0, Math.log(3), -Math.log(3), null] },
      result: [0.5, 0.75, 0.25, null],
      tolerance: 1e-15,
    },
    {
      title: 'slow start',
      parameters: { shift: 3 },
      input: { column: [3, 3 + Math.log(3)] },
      result: [0.5, 0.75],
      tolerance: 1e-15,
    },
  ],
  apply(column, { k, shift }) {
    const result = copyColumn(column)
    const { values, valid } = result
    for (let entry = 0; entry < values.length; entry++) {
      if (valid[entry] === 1) values[entry] = logistic(k * (values[entry]! - shift))
    }
    return result
  },
})
