/**
 * Differences of neighbouring step rewards, so that the rewards of a trajectory add up to its first one however many
 * steps it has. Unbounded in general, [−1, 1] for step rewards in [0, 1]. Source: paper 12 (Delta).
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { groupDeviationRescales, scalarTrainerCollapsesSteps } from '../kinds/trainer-sentences.ts'
import { copyColumn, invalidate, sealColumn } from '../records/column.ts'

export type LastStep = 'zero' | 'own'

/**
 * r_k − r_{k+1} of every step. `zero`: the last step, which holds the answer, gets 0 and the one before it keeps its
 * own reward; the sum is r_1 for two steps or more, 0 for one. `own`: the last step keeps its own reward; the sum is
 * always r_1. The difference is to the *next* step, not to the previous one: the return from a step on is its own
 * reward. Source: paper 12, Delta.
 *
 * @param offsets steps of rollout i are offsets[i] … offsets[i + 1] − 1
 * @example stepDifferences(Float64Array.of(0.5, 0.75, 1), Int32Array.of(0, 3), 'zero') // [−0.25, 0.75, 0]
 */
export function stepDifferences(values: Float64Array, offsets: Int32Array, lastStep: LastStep): Float64Array {
  const differences = new Float64Array(values.length)
  for (let row = 0; row + 1 < offsets.length; row++) {
    // With `zero`, the step that ends the telescope is the last but one.
    const end = lastStep === 'zero' ? offsets[row + 1]! - 1 : offsets[row + 1]!
    for (let step = offsets[row]!; step < end; step++) {
      differences[step] = values[step]! - (step + 1 < end ? values[step + 1]! : 0)
    }
  }
  return differences
}

export const deltaSteps = defineShaping({
  name: 'delta-steps',
  summary: 'Each step gets its reward minus that of the next step, so that repeated steps add nothing.',
  paper: {
    slug: '12-clip-delta',
    title: 'On Designing Effective RL Reward at Training Time for LLM Reasoning',
    source: 'Delta',
  },
  formula: 'r_k − r_{k+1}; r_{K−1} for the last step but one, 0 for the last',
  range: 'unbounded; [−1, 1] for step rewards in [0, 1]',
  aliases: ['prm', 'delta mechanism', 'process reward delta', 'telescoping'],
  grains: ['step'],
  scope: 'row',
  parameters: z.object({
    lastStep: z
      .enum(['zero', 'own'])
      .default('zero')
      .describe('zero: the last step is left to the outcome reward (the paper); own: it keeps its reward'),
  }),
  warnings: (trainer) => [
    ...groupDeviationRescales(trainer),
    ...scalarTrainerCollapsesSteps(trainer, 'all but the first step’s reward cancels'),
  ],
  examples: [
    {
      title: 'three steps, one step, none',
      input: { grain: 'step', column: [[0.5, 0.75, 1], [0.5], []] },
      result: [[-0.25, 0.75, 0], [0], []],
    },
    {
      title: 'a missing step spoils the difference before it',
      parameters: { lastStep: 'own' },
      input: { grain: 'step', column: [[0.5, null, 1]] },
      result: [[null, null, 1]],
    },
  ],
  apply(column, { lastStep }) {
    const result = copyColumn(column)
    const offsets = column.offsets!
    result.values.set(stepDifferences(column.values, offsets, lastStep))
    for (let row = 0; row + 1 < offsets.length; row++) {
      const end = lastStep === 'zero' ? offsets[row + 1]! - 1 : offsets[row + 1]!
      for (let step = offsets[row]!; step < offsets[row + 1]!; step++) {
        if (column.valid[step] === 0) result.values[step] = 0
        else if (step + 1 < end && column.valid[step + 1] === 0) {
          invalidate(result, step, column.reasons?.[step + 1] ?? 'the next step has no reward')
        }
      }
    }
    return sealColumn(result)
  },
})
