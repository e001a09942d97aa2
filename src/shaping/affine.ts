/**
 * A linear change of scale: the plain way to bring a column to the range of another (paper 13 calibrates a model's
 * score to the scale of a rule with it). Unbounded.
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { groupNormalisationUndoes } from '../kinds/trainer-sentences.ts'
import { copyColumn, sealColumn } from '../records/column.ts'

export const affine = defineShaping({
  name: 'affine',
  summary: 'Multiplies every value and adds a constant.',
  formula: 'scale · r + shift',
  range: 'unbounded',
  aliases: ['scale', 'shift', 'linear', 'offset'],
  grains: ['rollout', 'step', 'token'],
  scope: 'row',
  parameters: z.object({
    scale: z.number().default(1).describe('factor; negative turns a cost into a reward'),
    shift: z.number().default(0).describe('added after scaling'),
  }),
  warnings: groupNormalisationUndoes,
  examples: [
    {
      title: 'a score from 1 to 5 to the range 0 to 1',
      parameters: { scale: 0.25, shift: -0.25 },
      input: { column: [1, 3, 5, null] },
      result: [0, 0.5, 1, null],
    },
  ],
  apply(column, { scale, shift }) {
    const result = copyColumn(column)
    const { values, valid } = result
    for (let entry = 0; entry < values.length; entry++) {
      if (valid[entry] === 1) values[entry] = scale * values[entry]! + shift
    }
    return sealColumn(result)
  },
})
