/**
 * 1 where a rule is satisfied, σ(score/T) of a model where it is not: a wrong answer never beats a right one, but wrong
 * answers are still ranked. Range (0, 1]; σ saturates for large scores, so calibrate the model or raise T.
 * Source: paper 19 (BaseReward), hybrid reward.
 */
import { z } from 'zod'
import { defineCombiner } from '../kinds/combiner.ts'
import { sigmoid } from '../numerics/sigmoid.ts'
import { createColumn, invalidate, sealColumn } from '../records/column.ts'
import { invalidReason } from './propagate-invalid.ts'

/**
 * The reward of one row.
 *
 * @example hybridRuleReward(false, 0) // 0.5
 */
export function hybridRuleReward(matches: boolean, score: number, temperature = 1): number {
  return matches ? 1 : sigmoid(score / temperature)
}

export const hybridRule = defineCombiner({
  name: 'hybrid-rule',
  summary: 'Gives 1 where a rule is satisfied and the squashed score of a model where it is not.',
  paper: {
    slug: '19-basereward',
    title: 'BaseReward: A Strong Baseline for Multimodal Reward Model',
    source: 'hybrid reward for RL',
  },
  formula: '1 if rule > threshold, else σ(model / T)',
  range: '[0, 1]',
  aliases: ['basereward', 'rule or sigmoid', 'verifier or model'],
  scope: 'row',
  grain: 'rollout',
  parameters: z.object({
    rule: z.string().describe('column of the rule'),
    model: z.string().describe('column of the model, unbounded'),
    threshold: z.number().default(0.5).describe('the rule is satisfied above this'),
    temperature: z.number().positive().default(1).describe('T'),
  }),
  reads: ({ rule, model }) => [rule, model],
  warnings: (trainer) => [
    `${trainer} gets no gradient from a group whose every completion satisfies the rule: all rewards are 1.`,
  ],
  examples: [
    {
      title: 'right, wrong and middling, wrong and unscored, right and unscored',
      parameters: { rule: 'correct', model: 'helpful' },
      input: { columns: { correct: [1, 0, 0, 1], helpful: [-9, 0, null, null] } },
      result: [1, 0.5, null, 1],
    },
  ],
  apply(columns, { rule, model, threshold, temperature }, { size }) {
    const result = createColumn(size)
    const rules = columns.get(rule)!
    const models = columns.get(model)!
    for (let row = 0; row < size; row++) {
      const matches = rules.valid[row] === 1 && rules.values[row]! > threshold
      if (rules.valid[row] === 0) invalidate(result, row, invalidReason(rule, rules, row))
      else if (!matches && models.valid[row] === 0) invalidate(result, row, invalidReason(model, models, row))
      else result.values[row] = hybridRuleReward(matches, models.values[row]!, temperature)
    }
    return sealColumn(result)
  },
})
