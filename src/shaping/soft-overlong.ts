/**
 * Soft overlong punishment: a penalty that grows over a buffer before the longest allowed length.
 * Source: DAPO, equation 13, in the three dialects of the trainers that carry it.
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { copyColumn, sealColumn } from '../records/column.ts'
import { GuerdonError } from '../records/error.ts'
import { inputColumn, lengthUnit, requireInput } from './declared-inputs.ts'

export interface SoftOverlongOptions {
  /** M: the longest allowed length */
  readonly maximum: number
  /** c: the penalty starts at M − c */
  readonly buffer: number
  /** penalty at M */
  readonly factor: number
  /** how lengths beyond M are treated: the same as M (trl, openrlhf), or ever worse (verl) */
  readonly dialect: 'trl' | 'verl' | 'openrlhf'
}

/**
 * Penalties of n lengths: 0 up to M − c, then falling linearly to −factor at M. Beyond M: −factor (TRL's rule and, by
 * a capped excess, OpenRLHF's), or falling further (verl, unbounded). With c = 0: 0 up to M, −factor beyond.
 * Range [−factor, 0], for verl (−∞, 0].
 * @throws GuerdonError PARAMETER_INVALID when the buffer is longer than the maximum
 *
 * @example softOverlongPenalties(Float64Array.of(12, 14, 32), { maximum: 16, buffer: 4, factor: 1, dialect: 'verl' })
 *   // [0, −0.5, −5]
 */
export function softOverlongPenalties(
  lengths: Float64Array,
  { maximum, buffer, factor, dialect }: SoftOverlongOptions,
): Float64Array {
  const start = maximum - buffer
  if (start < 0) {
    throw new GuerdonError('PARAMETER_INVALID', 'the buffer is longer than the longest allowed length', {
      where: { field: 'soft-overlong.buffer' },
      expected: `at most ${maximum}`,
      found: buffer,
    })
  }
  const penalties = new Float64Array(lengths.length)
  for (let row = 0; row < lengths.length; row++) {
    const excess = lengths[row]! - start
    if (excess <= 0) continue
    if (buffer === 0) penalties[row] = -factor
    else penalties[row] = (-(dialect === 'verl' ? excess : Math.min(excess, buffer)) / buffer) * factor
  }
  return penalties
}

export const softOverlong = defineShaping({
  name: 'soft-overlong',
  summary: 'Adds a penalty that grows as a completion nears the longest allowed length.',
  paper: {
    slug: '00-verifiers',
    title: 'DAPO',
    source:
      'equation 13; TRL get_soft_overlong_punishment, verl DAPORewardManager, OpenRLHF apply_overlong_penalty',
  },
  formula: 'r + { 0, L ≤ M − c;  factor · (M − c − L)/c, L ≤ M;  −factor beyond (verl: unbounded) }',
  range: 'that of the column, down by factor (verl: unbounded below)',
  aliases: ['length penalty', 'dapo', 'overlong punishment', 'overlong reward shaping'],
  grains: ['rollout'],
  scope: 'row',
  parameters: z.object({
    maximum: z.number().positive().describe('longest allowed length, M'),
    buffer: z.number().nonnegative().describe('length over which the penalty grows, c'),
    factor: z.number().nonnegative().default(1).describe('penalty at the longest allowed length'),
    dialect: z
      .enum(['trl', 'verl', 'openrlhf'])
      .default('trl')
      .describe('beyond the longest length: trl and openrlhf stay at −factor, verl falls on without bound'),
    mode: z
      .enum(['add', 'replace'])
      .default('add')
      .describe('adds the penalty to the column, or puts it in its place (for a column of its own)'),
    unit: lengthUnit.default('tokens').describe('in what lengths are counted'),
  }),
  inputs: ({ unit }) => ({ length: { from: 'length', unit } }),
  examples: [
    {
      title: 'inside, in the buffer, at the end and beyond',
      parameters: { maximum: 16, buffer: 4 },
      input: { column: [1, 1, 1, 1, 1], inputs: { length: [12, 14, 16, 32, null] } },
      result: [1, 0.5, 0, 0, null],
    },
    {
      title: 'a penalty column of its own, made from a length column',
      parameters: { maximum: 16, buffer: 4, mode: 'replace' },
      input: { column: [12, 14, null], inputs: { length: [12, 14, 15] } },
      result: [0, -0.5, null],
    },
    {
      title: 'verl goes on',
      parameters: { maximum: 16, buffer: 4, dialect: 'verl' },
      input: { column: [0, null], inputs: { length: [32, 32] } },
      result: [-5, null],
    },
  ],
  apply(column, parameters, { inputs }) {
    const result = copyColumn(column)
    const lengths = requireInput(result, inputColumn(inputs, 'length'), 'length').values
    const penalties = softOverlongPenalties(lengths, parameters)
    for (let row = 0; row < penalties.length; row++) {
      if (result.valid[row] === 0) continue
      result.values[row] = penalties[row]! + (parameters.mode === 'add' ? result.values[row]! : 0)
    }
    return sealColumn(result)
  },
})
