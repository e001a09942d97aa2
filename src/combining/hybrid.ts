/**
 * Rule where an answer can be checked, model where it cannot: routes every row to one of two columns. Range: that of
 * the two columns. An affine calibration brings the model's column to the rule's scale, because similarities of 0.6 to
 * 0.9 spread far less than {0, 1}.
 * Source: paper 13 (HARMO), equations 1 and 3; confidence and calibration are additions.
 */
import { z } from 'zod'
import { defineCombiner } from '../kinds/combiner.ts'
import { type Column, invalidate, sealColumn } from '../records/column.ts'
import { invalidReason, resultOver } from './propagate-invalid.ts'

const moments = z.strictObject({
  mean: z.number().describe('mean over a reference set'),
  standardDeviation: z.number().positive().describe('standard deviation over a reference set'),
})

export const hybrid = defineCombiner({
  name: 'hybrid',
  summary: 'Takes a rule’s column where the prompt is verifiable and a model’s column elsewhere.',
  paper: {
    slug: '13-hybrid-multi-aspect',
    title: 'Beyond Monolithic Rewards (HARMO)',
    source: 'equations 1 and 3',
  },
  formula: '(rule where verifiable, else model or (model − μ_m)/σ_m · σ_r + μ_r) + Σ_k w_k · r_k',
  range: 'that of the two columns',
  aliases: ['harmo', 'rule or model', 'route'],
  scope: 'row',
  grain: 'rollout',
  parameters: z.object({
    rule: z.string().describe('column of the rule, for prompts whose answer can be checked'),
    model: z.string().describe('column of the model, for open prompts'),
    verifiable: z
      .string()
      .default('verifiable')
      .describe(
        'column or logged number that is 1 where the rule applies and 0 where it does not; where it is missing, a valid rule applies',
      ),
    confidence: z.string().optional().describe('column with the rule’s confidence'),
    minimumConfidence: z
      .number()
      .default(0.5)
      .describe('a rule less confident than this leaves the row to the model'),
    calibration: z
      .strictObject({ rule: moments, model: moments })
      .optional()
      .describe('moments of both columns on a reference set, to bring the model to the rule’s scale'),
    add: z
      .record(z.string(), z.number())
      .default({})
      .describe('further columns added to the routed one on every row: column name → weight'),
  }),
  reads: ({ rule, model, confidence, add }) => [
    rule,
    model,
    ...(confidence === undefined ? [] : [confidence]),
    ...Object.keys(add),
  ],
  inputs: ({ verifiable }) => ({ verifiable: { from: 'column', column: verifiable, optional: true } }),
  examples: [
    {
      title: 'a checked answer, an open one, and one that nothing could score',
      parameters: { rule: 'correct', model: 'helpful' },
      input: {
        columns: { correct: [1, 0, null, 0], helpful: [0.2, 0.7, 0.9, null] },
        inputs: { verifiable: [1, 0, 1, 0] },
      },
      result: [1, 0.7, null, null],
    },
    {
      title: 'where nobody says which prompts are verifiable, a valid rule applies',
      parameters: { rule: 'correct', model: 'helpful' },
      input: {
        columns: { correct: [1, null, null], helpful: [0.2, 0.7, null] },
        inputs: { verifiable: [null, null, null] },
      },
      result: [1, 0.7, null],
    },
    {
      title: 'calibrated to the rule’s spread, with half a point for the format',
      parameters: {
        rule: 'correct',
        model: 'similar',
        calibration: {
          rule: { mean: 0.5, standardDeviation: 0.5 },
          model: { mean: 0.75, standardDeviation: 0.125 },
        },
        add: { format: 0.5 },
      },
      input: {
        columns: { correct: [1, 0], similar: [0.75, 0.875], format: [1, 0] },
        inputs: { verifiable: [1, 0] },
      },
      result: [1.5, 1],
    },
  ],
  apply(columns, { rule, model, confidence, minimumConfidence, calibration, add }, { size, inputs }) {
    const result = resultOver(columns, Object.keys(add), size)
    const ruled = columns.get(rule)!
    const modelled = columns.get(model)!
    const sure = confidence === undefined ? undefined : columns.get(confidence)!
    const scale = calibration ? calibration.rule.standardDeviation / calibration.model.standardDeviation : 1
    const shift = calibration ? calibration.rule.mean - scale * calibration.model.mean : 0
    for (let row = 0; row < size; row++) {
      if (result.valid[row] === 0) continue
      const route = routeOf(row, ruled, modelled, inputs.verifiable)
      const unsure = sure !== undefined && !(sure.valid[row] === 1 && sure.values[row]! >= minimumConfidence)
      if (route === undefined) invalidate(result, row, `neither ${rule} nor ${model} scored the row`)
      else if (route === 'rule' && !unsure) {
        if (ruled.valid[row] === 1) result.values[row] = ruled.values[row]!
        else invalidate(result, row, invalidReason(rule, ruled, row))
      } else if (modelled.valid[row] === 1) result.values[row] = scale * modelled.values[row]! + shift
      else invalidate(result, row, invalidReason(model, modelled, row))
    }
    for (const [name, weight] of Object.entries(add)) {
      const { values } = columns.get(name)!
      for (let row = 0; row < size; row++) {
        if (result.valid[row] === 1) result.values[row]! += weight * values[row]!
      }
    }
    return sealColumn(result)
  },
})

/** Which column a row belongs to, whether or not that column could score it; undefined when neither could. */
function routeOf(
  row: number,
  rule: Column,
  model: Column,
  verifiable: Column | undefined,
): 'rule' | 'model' | undefined {
  if (verifiable !== undefined && verifiable.valid[row] === 1) {
    return verifiable.values[row] === 0 ? 'model' : 'rule'
  }
  if (rule.valid[row] === 1) return 'rule'
  return model.valid[row] === 1 ? 'model' : undefined
}
