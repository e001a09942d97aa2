/**
 * Scales another advantage by how hard the prompt still is: GRPO-S when it wraps `grpo`. Scaling the rewards instead
 * would cancel in the group's standard deviation. Source: paper 31 (DR-IRL).
 */
import { z } from 'zod'
import { defineAdvantage } from '../kinds/advantage.ts'
import { normalisedAgain } from '../kinds/trainer-sentences.ts'
import { type Column, copyColumn, createColumn, invalidate, sealColumn } from '../records/column.ts'
import { innerResult } from './advantage-columns.ts'
import { jointHardness } from './hardness.ts'

/**
 * Multiplies advantages by a weight a rollout: advantages[e] · weights[i], e over the entries of rollout i (one, or
 * its tokens). An invalid weight makes the rollout's entries invalid.
 */
export function scaleAdvantages(advantages: Column, weights: Column): Column {
  const result = copyColumn(advantages)
  for (let row = 0; row < weights.values.length; row++) {
    const start = result.offsets === undefined ? row : result.offsets[row]!
    const end = result.offsets === undefined ? row + 1 : result.offsets[row + 1]!
    for (let entry = start; entry < end; entry++) {
      if (weights.valid[row] === 0) invalidate(result, entry, weights.reasons?.[row] ?? 'no weight')
      else if (result.valid[entry] === 1) result.values[entry]! *= weights.values[row]!
    }
  }
  return sealColumn(result)
}

export const hardnessScale = defineAdvantage({
  name: 'hardness-scale',
  summary: 'Multiplies another advantage by a hardness weight of each rollout.',
  paper: {
    slug: '31-dr-irl',
    title: 'Inverse Reinforcement Learning with Dynamic Reward Scaling for LLM Alignment',
    source: 'GRPO-S, joint coefficient',
  },
  formula: 'α_i · A_i, α = data hardness · responsiveness',
  range: 'unbounded',
  aliases: ['grpo-s', 'dr-irl', 'dynamic reward scaling', 'difficulty weight'],
  scope: 'group',
  takes: 'rollout',
  grain: 'rollout',
  over: 'one',
  parameters: z.object({
    data: z.string().describe('column with the data hardness of each rollout, or any weight'),
    responsiveness: z
      .union([z.number(), z.string()])
      .default(1)
      .describe('responsiveness of the model: a number, or the column that has it'),
    combine: z
      .enum(['product', 'mean'])
      .default('product')
      .describe('how data hardness and responsiveness are joined'),
  }),
  inputs: ({ data, responsiveness }) => ({
    data: { from: 'column', column: data },
    ...(typeof responsiveness === 'string'
      ? { responsiveness: { from: 'column', column: responsiveness } as const }
      : {}),
  }),
  warnings: (trainer) => [
    ...normalisedAgain(trainer),
    `${trainer} has no field for a weight a rollout: send the advantages themselves.`,
  ],
  // Wrappers are shown around the reward minus the mean of its group.
  examples: [
    {
      title: 'the second prompt is harder',
      parameters: { data: 'hardness', responsiveness: 1.1 },
      input: {
        column: [1, 0, 1, 0],
        groups: ['a', 'a', 'b', 'b'],
        inputs: { data: [1, 1, 1.4, null] },
      },
      result: [0.55, -0.55, 0.77, null],
    },
  ],
  apply(input, { responsiveness, combine }) {
    const inner = innerResult(input, 'hardness-scale')
    const weights = createColumn(
      input.rewards.offsets ? input.rewards.offsets.length - 1 : input.rewards.values.length,
    )
    const data = input.inputs.data
    const responses = input.inputs.responsiveness
    const constant = typeof responsiveness === 'number'
    const response = constant
      ? new Float64Array(weights.values.length).fill(responsiveness)
      : (responses?.values ?? new Float64Array(weights.values.length))
    if (data !== undefined) weights.values.set(jointHardness(data.values, response, combine))
    for (let row = 0; row < weights.values.length; row++) {
      if (data?.valid[row] !== 1) invalidate(weights, row, data?.reasons?.[row] ?? 'no hardness')
      if (!constant && responses?.valid[row] !== 1) {
        invalidate(weights, row, responses?.reasons?.[row] ?? 'no responsiveness')
      }
    }
    sealColumn(weights)
    return { ...inner, advantages: scaleAdvantages(inner.advantages, weights), weights }
  },
})
