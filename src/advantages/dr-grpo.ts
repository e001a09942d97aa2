/**
 * Dr. GRPO's advantage: reward minus the mean of its group, not divided by anything, so that hard and easy prompts
 * keep their weight. Source: Liu et al. 2025, "Understanding R1-Zero-like training".
 */
import { z } from 'zod'
import { defineAdvantage } from '../kinds/advantage.ts'
import { normalisedAgain } from '../kinds/trainer-sentences.ts'
import { rolloutAdvantages } from './advantage-columns.ts'
import { groupRelativeAdvantages } from './grpo.ts'

export const drGrpo = defineAdvantage({
  name: 'dr-grpo',
  summary: 'Reward minus the mean of its group, without the standard deviation.',
  paper: {
    slug: '00-baselines',
    title: 'Understanding R1-Zero-Like Training: A Critical Perspective',
    source: 'verl compute_grpo_outcome_advantage with norm_adv_by_std_in_grpo false; TRL scale_rewards none',
  },
  formula: 'r − mean_g',
  range: 'unbounded',
  aliases: [
    'dr.grpo',
    'dr grpo',
    'grpo done right',
    'grpo without standard deviation',
    'norm_adv_by_std_in_grpo',
  ],
  scope: 'group',
  takes: 'rollout',
  grain: 'rollout',
  parameters: z.object({
    dialect: z
      .enum(['verl', 'trl'])
      .default('verl')
      .describe('verl: a group of one keeps its reward; trl: it gets 0'),
    single: z
      .enum(['raw', 'zero'])
      .optional()
      .describe('what a group of one gets; the dialect’s if left out'),
  }),
  warnings: normalisedAgain,
  examples: [
    { title: 'one right of four', input: { column: [1, 0, 0, 0] }, result: [0.75, -0.25, -0.25, -0.25] },
    {
      title: 'an invalid row takes no part',
      input: { column: [1, null, 0, 5], groups: ['a', 'a', 'a', 'b'] },
      result: [0.5, null, -0.5, 5],
    },
  ],
  apply({ rewards, groups }, { dialect, single = dialect === 'verl' ? 'raw' : 'zero' }) {
    const values = groupRelativeAdvantages(rewards.values, rewards.valid, groups, {
      epsilon: 0,
      single,
      divideByStandardDeviation: false,
    })
    return { advantages: rolloutAdvantages(rewards, values) }
  },
})
