/**
 * Adds a constant to the advantages of correct rollouts, so that a right answer is pushed even where its group gives
 * it none. In DLER's code, not in its text. Source: paper 04.
 */
import { z } from 'zod'
import { defineAdvantage } from '../kinds/advantage.ts'
import { normalisedAgain } from '../kinds/trainer-sentences.ts'
import { type Column, copyColumn, sealColumn } from '../records/column.ts'
import { innerResult } from './advantage-columns.ts'

/** A score this far below the threshold still counts as reaching it. */
const TOLERANCE = 1e-5

export interface BoostOptions {
  readonly boost: number
  readonly threshold: number
}

/**
 * A + boost for every entry (the rollout's own, or each of its tokens) of a rollout whose score reaches
 * `threshold` − 1e-5. Entries outside the mask are boosted too if they are valid; the loss's mask removes them.
 * Source: paper 04; verl/workers/actor/dp_actor.py `boost_high_score_advantages`.
 *
 * @param offsets offsets of the rollouts' tokens; left out for one advantage a rollout
 * @example boostCorrectAdvantages(Float64Array.of(0.5, -0.5), Float64Array.of(1, 0), { boost: 0.1, threshold: 1 })
 *   // [0.6, −0.5]
 */
export function boostCorrectAdvantages(
  advantages: Float64Array,
  scores: Float64Array,
  { boost, threshold }: BoostOptions,
  offsets?: Int32Array,
): Float64Array {
  const result = advantages.slice()
  for (let row = 0; row < scores.length; row++) {
    if (!(scores[row]! >= threshold - TOLERANCE)) continue
    const start = offsets === undefined ? row : offsets[row]!
    const end = offsets === undefined ? row + 1 : offsets[row + 1]!
    for (let entry = start; entry < end; entry++) result[entry]! += boost
  }
  return result
}

export const boostCorrect = defineAdvantage({
  name: 'boost-correct',
  summary: 'Adds a constant to the advantages of rollouts whose score reaches a threshold.',
  paper: {
    slug: '04-dler',
    title: 'DLER: Doing Length pEnalty Right',
    source: 'dp_actor.py boost_high_score_advantages',
  },
  formula: 'A + b where score ≥ threshold',
  range: 'that of the wrapped advantage, plus b',
  aliases: ['boost_high_score_advantages', 'dler boost'],
  scope: 'group',
  takes: 'rollout',
  grain: 'rollout',
  over: 'one',
  parameters: z.object({
    score: z
      .string()
      .describe('column with the score before length shaping, so that a right but cut answer is boosted too'),
    boost: z.number().default(0.1).describe('what is added; 0.1 in DLER’s released settings'),
    threshold: z.number().default(1).describe('score from which a rollout counts as correct'),
  }),
  inputs: ({ score }) => ({ score: { from: 'column', column: score } }),
  warnings: normalisedAgain,
  // Wrappers are shown around the reward minus the mean of its group.
  examples: [
    {
      title: 'an all-right group is pushed as well',
      parameters: { score: 'correct' },
      input: {
        column: [1, 1, 1, 0],
        groups: ['a', 'a', 'b', 'b'],
        inputs: { score: [1, 1, 1, 0] },
      },
      result: [0.1, 0.1, 0.6, -0.5],
    },
  ],
  apply(input, options) {
    const inner = innerResult(input, 'boost-correct')
    return { ...inner, advantages: boostColumn(inner.advantages, input.inputs.score, options) }
  },
})

function boostColumn(advantages: Column, score: Column | undefined, options: BoostOptions): Column {
  if (score === undefined) return advantages
  const scores = score.values.slice()
  for (let row = 0; row < scores.length; row++) {
    if (score.valid[row] === 0) scores[row] = Number.NEGATIVE_INFINITY
  }
  const result = copyColumn(advantages)
  result.values.set(boostCorrectAdvantages(advantages.values, scores, options, advantages.offsets))
  for (let entry = 0; entry < result.values.length; entry++) {
    if (result.valid[entry] === 0) result.values[entry] = 0
  }
  return sealColumn(result)
}
