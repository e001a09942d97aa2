/**
 * Process rewards calibrated by the outcome, as token rewards: each turn's score plus the outcome minus 1 on the turn's
 * last token, the outcome itself on the answer's. Range [−1, 1] a token. Any right trajectory then has a higher return
 * than any wrong one, which a plain sum of process and outcome rewards does not give.
 * A warning that comes with it: where success is rare (mean of r_p + r_o below 1), every further turn costs, and a
 * policy learns to answer at once; `constant: 0` takes that cost away. Source: paper 01 (PPR), ReNorm.
 */
import { z } from 'zod'
import { defineCombiner } from '../kinds/combiner.ts'
import { scalarTrainerCollapsesTokens } from '../kinds/trainer-sentences.ts'
import { type Column, createRaggedColumn, invalidate, offsetsOf } from '../records/column.ts'
import { invalidReason } from './propagate-invalid.ts'

export interface RenormTrajectory {
  /** r_p + r_o − constant of each turn */
  readonly normalised: Float64Array
  /** Σ r_p + r_o, what a plain sum would give */
  readonly naiveReturn: number
  /** Σ (r_p + r_o − constant) + r_o */
  readonly renormReturn: number
}

/**
 * Turn rewards and returns of one trajectory from its process scores and outcome, both in [0, 1].
 * With `constant` 1 an outcome of 0 makes every turn ≤ 0 and one of 1 makes every turn ≥ 0.
 *
 * @example renormTrajectory([0.8], 0, 1) // normalised [−0.2], naiveReturn 0.8, renormReturn −0.2
 */
export function renormTrajectory(
  process: ArrayLike<number>,
  outcome: number,
  constant: 0 | 1,
): RenormTrajectory {
  const normalised = new Float64Array(process.length)
  let naiveReturn = outcome
  let renormReturn = outcome
  for (let turn = 0; turn < process.length; turn++) {
    normalised[turn] = process[turn]! + outcome - constant
    naiveReturn += process[turn]!
    renormReturn += normalised[turn]!
  }
  return { normalised, naiveReturn, renormReturn }
}

export const renorm = defineCombiner({
  name: 'renorm',
  summary: 'Calibrates step rewards by the outcome and places both on tokens, so that right beats wrong.',
  paper: {
    slug: '01-ppr-renorm',
    title: 'Hybrid Reward Normalization for Process-supervised Non-verifiable Agentic Tasks',
    source: 'ReNorm',
  },
  formula: 'r_p,t + r_o − 1 on the last token of turn t, r_o on the last token of the answer',
  range: '[−1, 1] a token',
  aliases: ['ppr', 'principle process reward', 'process and outcome'],
  scope: 'row',
  takes: ['rollout', 'step'],
  grain: 'token',
  parameters: z.object({
    process: z.string().describe('step column in [0, 1], one entry a turn'),
    outcome: z.string().describe('rollout column in [0, 1]'),
    constant: z
      .union([z.literal(1), z.literal(0)])
      .default(1)
      .describe('subtracted from every turn: 1 as published, 0 makes turns free of cost'),
    onInvalid: z
      .enum(['zero', 'invalid'])
      .default('zero')
      .describe('a turn that could not be judged gets 0 with the reason, or makes the whole rollout invalid'),
  }),
  reads: ({ process, outcome }) => [process, outcome],
  inputs: () => ({
    stepTokens: { from: 'step-tokens' },
    length: { from: 'length', unit: 'tokens' },
  }),
  warnings: scalarTrainerCollapsesTokens,
  examples: [
    {
      title: 'a wrong and a right trajectory of one turn of two tokens and an answer of one',
      parameters: { process: 'judge', outcome: 'correct' },
      input: {
        columns: { judge: [[0.75], [0.25]], correct: [0, 1] },
        inputs: { stepTokens: [[2], [2]], length: [3, 3] },
      },
      result: [
        [0, -0.25, 0],
        [0, 0.25, 1],
      ],
    },
    {
      title: 'a turn without a judgement, and an outcome that nobody knows',
      parameters: { process: 'judge', outcome: 'correct' },
      input: {
        columns: { judge: [[null, 0.5], [1]], correct: [1, null] },
        inputs: { stepTokens: [[1, 1], [1]], length: [3, 2] },
      },
      result: [
        [0, 0.5, 1],
        [null, null],
      ],
    },
  ],
  apply(columns, { process, outcome, constant, onInvalid }, { size, inputs }) {
    const judged = columns.get(process)!
    const outcomes = columns.get(outcome)!
    const stepTokens = inputs.stepTokens!
    const length = inputs.length!
    const tokens = new Int32Array(size)
    for (let row = 0; row < size; row++) tokens[row] = tokensOf(row, length, stepTokens)
    const result = createRaggedColumn('token', offsetsOf(tokens))
    const offsets = result.offsets!
    for (let row = 0; row < size; row++) {
      const start = offsets[row]!
      const reason =
        outcomes.valid[row] === 0
          ? invalidReason(outcome, outcomes, row)
          : unplaceable(row, length, stepTokens, judged, process)
      const failed = reason ?? place(row, start)
      if (failed === undefined) continue
      for (let entry = start; entry < offsets[row + 1]!; entry++) {
        result.values[entry] = 0
        invalidate(result, entry, failed)
      }
    }
    return result

    /** Places the rewards of one rollout; returns why it cannot be rewarded, if so. */
    function place(row: number, start: number): string | undefined {
      const reached = outcomes.values[row]!
      let end = start
      for (let turn = stepTokens.offsets![row]!; turn < stepTokens.offsets![row + 1]!; turn++) {
        end += stepTokens.values[turn]!
        const entry = judged.offsets![row]! + turn - stepTokens.offsets![row]!
        if (judged.valid[entry] === 1) {
          result.values[end - 1]! += judged.values[entry]! + reached - constant
          continue
        }
        const reason = invalidReason(process, judged, entry)
        if (onInvalid === 'invalid') return reason
        result.reasons ??= []
        result.reasons[end - 1] = reason
      }
      result.values[offsets[row + 1]! - 1]! += reached
      return undefined
    }
  },
})

/** Number of tokens of a rollout: its length, else what is known of its turns, else one entry to carry the reason. */
function tokensOf(row: number, length: Column, stepTokens: Column): number {
  if (length.valid[row] === 1) return Math.max(length.values[row]!, 1)
  let total = 0
  for (let turn = stepTokens.offsets![row]!; turn < stepTokens.offsets![row + 1]!; turn++) {
    total += stepTokens.values[turn]!
  }
  return Math.max(total, 1)
}

/** Why a rollout's turns cannot be laid over its tokens; undefined when they can. */
function unplaceable(
  row: number,
  length: Column,
  stepTokens: Column,
  judged: Column,
  process: string,
): string | undefined {
  if (length.valid[row] === 0) return invalidReason('length', length, row)
  if (length.values[row]! < 1) return 'the completion has no tokens to carry a reward'
  const first = stepTokens.offsets![row]!
  const turns = stepTokens.offsets![row + 1]! - first
  const judgements = judged.offsets![row + 1]! - judged.offsets![row]!
  if (turns !== judgements) return `${process}: ${judgements} judgements for ${turns} turns`
  let total = 0
  for (let turn = first; turn < first + turns; turn++) {
    if (stepTokens.valid[turn] === 0) return invalidReason('step-tokens', stepTokens, turn)
    if (stepTokens.values[turn]! < 1) return `turn ${turn - first + 1} has no tokens`
    total += stepTokens.values[turn]!
  }
  if (total > length.values[row]!) return `turns of ${total} tokens in a completion of ${length.values[row]}`
  return undefined
}
