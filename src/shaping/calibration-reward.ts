/**
 * Rewards a stated confidence by how well it fits the outcome. Range [0, 1]. Added to correctness, it makes the
 * honest probability of the most probable answer the best thing to say. Source: paper 54 (RLCR), Brier part.
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { groupDeviationRescales } from '../kinds/trainer-sentences.ts'
import { copyColumn, invalidate } from '../records/column.ts'
import { inputColumn, requireInput } from './declared-inputs.ts'

/**
 * 1 − (c − q)² of every row: 1 for a certain and right or a certain-to-be-wrong answer, 0 for a confident mistake.
 *
 * @param confidences q in [0, 1]
 * @param correctness c in [0, 1]
 * @example brierRewards(Float64Array.of(0.75, 0.75), Float64Array.of(1, 0)) // [0.9375, 0.4375]
 */
export function brierRewards(confidences: Float64Array, correctness: Float64Array): Float64Array {
  const rewards = new Float64Array(confidences.length)
  for (let row = 0; row < rewards.length; row++) {
    const error = correctness[row]! - confidences[row]!
    rewards[row] = 1 - error * error
  }
  return rewards
}

export const calibrationReward = defineShaping({
  name: 'calibration-reward',
  summary: 'Turns a stated confidence into a reward for calibration (Brier score).',
  paper: {
    slug: '54-rlcr',
    title: 'Beyond Binary Rewards: Training LMs to Reason About Their Uncertainty',
    source: 'reward_fns.py, Brier reward',
  },
  formula: '1 − (c − q)²',
  range: '[0, 1]',
  aliases: ['brier', 'rlcr', 'calibration', 'proper scoring rule'],
  grains: ['rollout'],
  scope: 'row',
  parameters: z.object({
    correct: z.string().describe('column with the correctness c of the completion, 0 to 1'),
  }),
  inputs: ({ correct }) => ({ correct: { from: 'column', column: correct } }),
  warnings: groupDeviationRescales,
  examples: [
    {
      title: 'right and wrong at 75 %, no confidence, no verdict',
      parameters: { correct: 'answer' },
      input: { column: [0.75, 0.75, null, 0.5], inputs: { correct: [1, 0, 1, null] } },
      result: [0.9375, 0.4375, null, null],
    },
    {
      title: '90 written for 90 % is no confidence',
      parameters: { correct: 'answer' },
      input: { column: [90], inputs: { correct: [1] } },
      result: [null],
    },
  ],
  apply(column, _parameters, { inputs }) {
    const result = copyColumn(column)
    const { values, valid } = result
    const correct = requireInput(result, inputColumn(inputs, 'correct'), 'correctness').values
    const rewards = brierRewards(column.values, correct)
    for (let row = 0; row < values.length; row++) {
      if (valid[row] === 0) continue
      if (values[row]! < 0 || values[row]! > 1)
        invalidate(result, row, 'the confidence is not between 0 and 1')
      else if (correct[row]! < 0 || correct[row]! > 1)
        invalidate(result, row, 'the correctness is not between 0 and 1')
      else values[row] = rewards[row]!
    }
    return result
  },
})
