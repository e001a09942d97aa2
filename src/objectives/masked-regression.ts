/**
 * Squared error over the attributes that were rated.
 * Source: NeMo-Aligner `megatron_gpt_regression_reward_model.py:reg_loss_func`; papers 25 and 00-reward-model-losses.
 */
import { z } from 'zod'
import { where } from '../engine/operations.ts'
import { GuerdonError } from '../records/error.ts'
import { defineObjective } from './objective.ts'

export const maskedRegression = defineObjective({
  name: 'masked-regression',
  summary: 'Regression of several rated attributes, where not every attribute of every row is rated.',
  paper: {
    slug: '25-helpsteer2-preference',
    title: 'HelpSteer2-Preference: Complementing Ratings with Preferences',
    source: 'section 3',
  },
  formula: 'Σ rated·(prediction − label)² / Σ rated',
  parameters: z.object({
    ignore: z.number().default(-100).describe('the label of what was not rated'),
  }),
  inputs: {
    prediction: { description: 'rewards, [rows, attributes] or [rows]', differentiable: true },
    label: { description: 'ratings, of the same shape', differentiable: false },
  },
  aliases: ['SteerLM regression', 'mean squared error', 'MSE'],
  elsewhere: { nemo: 'loss_func: regression' },
  check({ label }, { ignore }) {
    if (!Array.from(label!.values).some((value) => value !== ignore))
      throw new GuerdonError('ARGUMENT_INVALID', 'no attribute of any row is rated', {
        found: `every label is ${ignore}`,
        expected: 'at least one rating',
      })
  },
  compute({ prediction, label }, { ignore }) {
    const rated = label!.equal(ignore).not()
    const error = where(rated, prediction!.sub(label!), 0).square()
    return { loss: error.sum().div(rated.cast(error.dtype).sum().maximum(1)) }
  },
})
