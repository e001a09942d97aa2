/**
 * A bonus that only a right result earns: a·format + result·(1 + b·bonus). Range [0, a + 1 + b] for format and result
 * in {0, 1}, bonus in [−1, 1] and b ≤ 1. A wrong verdict cannot collect the bonus by being consistent with itself.
 * Source: paper 33 (R1-Reward), math_verifier_mllm.py `get_reward`, consistency reward.
 */
import { z } from 'zod'
import { defineCombiner } from '../kinds/combiner.ts'
import { invalidate } from '../records/column.ts'
import { invalidReason, resultOver } from './propagate-invalid.ts'

export const gatedBonus = defineCombiner({
  name: 'gated-bonus',
  summary: 'Adds a format reward and a result whose bonus counts only when the result is right.',
  paper: { slug: '33-r1-reward', title: 'R1-Reward', source: 'math_verifier_mllm.py get_reward' },
  formula: 'a · format + result · (1 + b · bonus)',
  range: '[0, a + 1 + b]',
  aliases: ['consistency reward', 'r1-reward'],
  scope: 'row',
  grain: 'rollout',
  parameters: z.object({
    format: z.string().describe('column in {0, 1}: the form is kept'),
    result: z.string().describe('column in {0, 1}: the result is right'),
    bonus: z
      .string()
      .describe('column in [−1, 1]: for example whether analysis and verdict agree (0 = unknown)'),
    formatWeight: z.number().default(0.5).describe('a'),
    bonusWeight: z.number().default(0.5).describe('b'),
  }),
  reads: ({ format, result, bonus }) => [format, result, bonus],
  examples: [
    {
      title: 'right and consistent, right and inconsistent, wrong but consistent, wrong and never asked',
      parameters: { format: 'format', result: 'correct', bonus: 'consistent' },
      input: { columns: { format: [1, 1, 1, 0], correct: [1, 1, 0, 0], consistent: [1, -1, 1, null] } },
      result: [2, 1, 0.5, 0],
    },
  ],
  apply(columns, { format, result: outcome, bonus, formatWeight, bonusWeight }, { size }) {
    const result = resultOver(columns, [format, outcome], size)
    const formats = columns.get(format)!.values
    const outcomes = columns.get(outcome)!.values
    const bonuses = columns.get(bonus)!
    for (let row = 0; row < size; row++) {
      if (result.valid[row] === 0) continue
      // A result of 0 shuts the gate: nobody needs to know the bonus then.
      if (outcomes[row] === 0) result.values[row] = formatWeight * formats[row]!
      else if (bonuses.valid[row] === 0) invalidate(result, row, invalidReason(bonus, bonuses, row))
      else
        result.values[row] =
          formatWeight * formats[row]! + outcomes[row]! * (1 + bonusWeight * bonuses.values[row]!)
    }
    return result
  },
})
