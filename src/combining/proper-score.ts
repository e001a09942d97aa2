/**
 * Correctness plus a scoring rule for the stated confidence: a reward whose optimum is both right and calibrated.
 * Range of c + S for a bounded rule: [−1, 1]. With a bounded proper rule the best policy gives its most probable answer
 * and states that probability; `linear` (not proper) and `log` (unbounded) are here to be audited, not to be trained on.
 * Source: paper 54 (RLCR), reward_fns.py and the theorem on bounded proper rules.
 */
import { z } from 'zod'
import { defineCombiner } from '../kinds/combiner.ts'
import { groupDeviationRescales } from '../kinds/trainer-sentences.ts'
import { type Column, invalidate, sealColumn } from '../records/column.ts'
import { invalidReason, resultOver } from './propagate-invalid.ts'

export const SCORING_RULES = ['brier', 'spherical', 'clipped-log', 'linear', 'log'] as const
export type ScoringRule = (typeof SCORING_RULES)[number]

/**
 * S(c, q): the score of a confidence q in [0, 1] when the outcome is c in [0, 1]; 0 is the best, and −1 the worst that
 * every rule but `log` gives.
 * - brier: −(q − c)²
 * - spherical: p/√(q² + (1 − q)²) − 1 with p the probability given to what happened
 * - clipped-log: log p / −log clip with q held within [clip, 1 − clip] (the scale keeps c + S rising in the chance of
 *   being right)
 * - linear: −|q − c| (not proper); log: log p (proper, unbounded: −∞ for p = 0)
 *
 * @example scoringRule('brier', 1, 0.9) // −0.01
 */
export function scoringRule(rule: ScoringRule, correct: number, confidence: number, clip = 0.01): number {
  if (rule === 'brier') return -((confidence - correct) ** 2)
  if (rule === 'linear') return -Math.abs(confidence - correct)
  const held = rule === 'clipped-log' ? Math.min(Math.max(confidence, clip), 1 - clip) : confidence
  const right = outcomeScore(rule, held, held, clip)
  const wrong = outcomeScore(rule, 1 - held, held, clip)
  if (correct === 1) return right
  return correct === 0 ? wrong : correct * right + (1 - correct) * wrong
}

/** Score of the probability that was given to what happened. */
function outcomeScore(rule: ScoringRule, given: number, confidence: number, clip: number): number {
  if (rule === 'spherical') return given / Math.hypot(confidence, 1 - confidence) - 1
  return rule === 'log' ? Math.log(given) : Math.log(given) / -Math.log(clip)
}

export const properScore = defineCombiner({
  name: 'proper-score',
  summary: 'Adds a scoring rule for the stated confidence to correctness, so that honesty about doubt pays.',
  paper: { slug: '54-rlcr', title: 'Beyond Binary Rewards (RLCR)', source: 'reward_fns.py' },
  formula: 'w_f · format + w_c · c + w_s · (offset + S(c, q))',
  range: '[−1, 1] with the defaults',
  aliases: ['rlcr', 'calibration reward', 'brier score'],
  scope: 'row',
  grain: 'rollout',
  parameters: z.object({
    correct: z.string().describe('column c in [0, 1]'),
    confidence: z.string().describe('column q in [0, 1]'),
    format: z
      .string()
      .optional()
      .describe('column that is 0 for a malformed completion; such a row gets the reward `malformed`'),
    rule: z.enum(SCORING_RULES).default('brier').describe('scoring rule; linear and log are for audits'),
    correctnessWeight: z.number().default(1).describe('w_c; the authors’ code has 0.5'),
    scoreWeight: z.number().default(1).describe('w_s; the authors’ code has 0.5'),
    formatWeight: z.number().default(0).describe('w_f; the authors’ code has 0.5'),
    offset: z
      .number()
      .default(0)
      .describe('added to the score; 1 in the authors’ code, which makes it a reward'),
    malformed: z
      .number()
      .optional()
      .describe('reward of a malformed row; the worst score, w_s · (offset − 1), if left out'),
    clip: z
      .number()
      .gt(0)
      .lt(0.5)
      .default(0.01)
      .describe('clipped-log only: confidences are held within [clip, 1 − clip]'),
  }),
  reads: ({ correct, confidence, format }) =>
    format === undefined ? [correct, confidence] : [correct, confidence, format],
  warnings: groupDeviationRescales,
  examples: [
    {
      title: 'right and sure, wrong and sure, wrong and unsure',
      parameters: { correct: 'correct', confidence: 'confidence' },
      input: { columns: { correct: [1, 0, 0, 1], confidence: [0.9, 0.9, 0.1, null] } },
      result: [0.99, -0.81, -0.01, null],
      tolerance: 1e-12,
    },
    {
      title:
        'the authors’ code: half of format, correctness and 1 − (c − q)², nothing for a malformed completion',
      parameters: {
        correct: 'correct',
        confidence: 'confidence',
        format: 'format',
        formatWeight: 0.5,
        correctnessWeight: 0.5,
        scoreWeight: 0.5,
        offset: 1,
      },
      input: {
        columns: { correct: [1, 0, 0], confidence: [0.9, 0.8, null], format: [1, 1, 0] },
      },
      result: [1.495, 0.68, 0],
      tolerance: 1e-12,
    },
  ],
  apply(columns, parameters, { size }) {
    const { correct, confidence, format, rule, clip, correctnessWeight, scoreWeight, formatWeight, offset } =
      parameters
    const malformed = parameters.malformed ?? scoreWeight * (offset - 1)
    const result = resultOver(columns, format === undefined ? [] : [format], size)
    const formats = format === undefined ? undefined : columns.get(format)!.values
    const outcomes = columns.get(correct)!
    const stated = columns.get(confidence)!
    for (let row = 0; row < size; row++) {
      if (result.valid[row] === 0) continue
      if (formats !== undefined && formats[row] === 0) {
        result.values[row] = malformed
        continue
      }
      const reason = unusable(correct, outcomes, row) ?? unusable(confidence, stated, row)
      if (reason !== undefined) invalidate(result, row, reason)
      else {
        const score = scoringRule(rule, outcomes.values[row]!, stated.values[row]!, clip)
        result.values[row] =
          formatWeight * (formats?.[row] ?? 0) +
          correctnessWeight * outcomes.values[row]! +
          scoreWeight * (offset + score)
      }
    }
    return sealColumn(result)
  },
})

function unusable(name: string, column: Column, row: number): string | undefined {
  if (column.valid[row] === 0) return invalidReason(name, column, row)
  const value = column.values[row]!
  return value >= 0 && value <= 1 ? undefined : `${name}: ${value} is not in [0, 1]`
}
