/**
 * Preference as reward: the reward model's own probability that a completion beats the prompt's references.
 * Range (0, 1), steepest at the references. Use it instead of a raw reward-model score. Source: paper 36 (PAR).
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { groupDeviationRescales } from '../kinds/trainer-sentences.ts'
import { sigmoid } from '../numerics/sigmoid.ts'
import { type Column, copyColumn } from '../records/column.ts'
import { meanOverReferences, REFERENCES_INPUT, referencesFor, writeOrReject } from './references.ts'

export interface PreferenceOptions {
  /** slope factor */
  readonly k: number
  /** M: how many references are used, from the first */
  readonly references: number
  /** lead over a reference at which the curve is steepest */
  readonly shift: number
}

/**
 * (1/M)·Σ_m σ(k·(r − r_ref,m − shift)) over the first M valid references of each rollout (all of them when there are fewer).
 * Adding one constant to a reward and its references changes nothing. NaN for an invalid reward and for a rollout
 * without a valid reference. Source: PAR trainers/reward_shaper.py, reward_sigmoid with reward_relative.
 *
 * @param rewards n rewards
 * @param references ragged column of scores, one list a rollout
 * @example preferenceProbability(Float64Array.of(1), Uint8Array.of(1), raggedColumnOf('step', [[1]]), { k: 1, references: 1, shift: 0 })
 *   // [0.5]
 */
export function preferenceProbability(
  rewards: Float64Array,
  valid: Uint8Array,
  references: Column,
  { k, references: limit, shift }: PreferenceOptions,
): Float64Array {
  return meanOverReferences(rewards, valid, references, limit, (difference) =>
    sigmoid(k * (difference - shift)),
  )
}

export const preferenceAsReward = defineShaping({
  name: 'preference-as-reward',
  summary: 'Probability that the completion beats the prompt’s reference completions under the reward model.',
  paper: {
    slug: '36-par',
    title: 'Reward Shaping to Mitigate Reward Hacking in RLHF',
    source: 'trainers/reward_shaper.py, reward_sigmoid with reward_relative',
  },
  formula: '(1/M) · Σ_m σ(k · (r − r_ref,m − shift)), shift 0',
  range: '(0, 1)',
  aliases: ['par', 'sgfc', 'relative sigmoid', 'win probability'],
  grains: ['rollout'],
  scope: 'row',
  parameters: z.object({
    references: z
      .number()
      .int()
      .positive()
      .default(1)
      .describe('how many references are used, from the first; paper 36 finds one enough'),
    k: z.number().positive().default(1).describe('slope factor; the slope is at most k/4'),
    shift: z
      .number()
      .default(0)
      .describe(
        'lead over the references at which the curve is steepest; 3 is the slow start that paper 36 advises against',
      ),
  }),
  inputs: () => REFERENCES_INPUT,
  warnings: groupDeviationRescales,
  examples: [
    {
      title: 'level with its reference, better, and no reference',
      input: { column: [2, 2 + Math.log(3), 2, null], inputs: { references: [[2], [2], [], [2]] } },
      result: [0.5, 0.75, null, null],
      tolerance: 1e-15,
    },
    {
      title: 'two references',
      parameters: { references: 2 },
      input: { column: [0], inputs: { references: [[0, -Math.log(3), 99]] } },
      result: [0.625],
      tolerance: 1e-15,
    },
  ],
  apply(column, parameters, { inputs }) {
    const references = referencesFor(column, inputs)
    const result = copyColumn(column)
    const shaped = preferenceProbability(result.values, result.valid, references, parameters)
    return writeOrReject(result, shaped, references)
  },
})
