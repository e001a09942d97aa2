/**
 * A polynomial that imitates the sigmoid between two limits and is flat outside them. Range about [0, 1].
 * Source: paper 36, step 6 ("fitted polynomial"): degree 5 on 100 points of [−5, 5].
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { groupDeviationRescales } from '../kinds/trainer-sentences.ts'
import { fitPolynomial } from '../numerics/polynomial-fit.ts'
import { sigmoid } from '../numerics/sigmoid.ts'
import { copyColumn } from '../records/column.ts'
import { GuerdonError } from '../records/error.ts'
import { meanOverReferences, REFERENCES_INPUT, referencesFor, writeOrReject } from './references.ts'

export interface SigmoidFit {
  readonly degree: number
  readonly from: number
  readonly to: number
  /** number of equidistant points, both ends included */
  readonly points: number
}

/**
 * Coefficients, highest power first, of the polynomial closest to σ at equidistant points (least squares).
 * @throws GuerdonError ARGUMENT_INVALID when the points do not fix the polynomial
 *
 * @example fitSigmoid({ degree: 1, from: -1, to: 1, points: 2 }) // [0.2311, 0.5]
 */
export function fitSigmoid({ degree, from, to, points }: SigmoidFit): Float64Array {
  const x = new Float64Array(points)
  for (let point = 0; point < points; point++) x[point] = from + ((to - from) * point) / (points - 1)
  return fitPolynomial(x, x.map(sigmoid), degree)
}

/**
 * The curve of a fit: 0 up to `from`, the polynomial between, 1 from `to` on.
 *
 * @example fittedCurve({ degree: 5, from: -5, to: 5, points: 100 })(7) // 1
 */
export function fittedCurve(fit: SigmoidFit): (x: number) => number {
  const coefficients = fitSigmoid(fit)
  return (x) => {
    if (x <= fit.from) return 0
    if (x >= fit.to) return 1
    let value = 0
    for (let index = 0; index < coefficients.length; index++) value = value * x + coefficients[index]!
    return value
  }
}

export const fittedSigmoid = defineShaping({
  name: 'fitted-sigmoid',
  summary: 'A polynomial imitation of the sigmoid, flat at 0 and 1 outside its limits.',
  paper: {
    slug: '36-par',
    title: 'Reward Shaping to Mitigate Reward Hacking in RLHF',
    source: 'trainers/reward_shaper.py, reward_fittedpoly',
  },
  formula: 'p(r), or (1/M) · Σ_m p(r − r_ref,m), p the least-squares polynomial of σ',
  range: '[0, 1] up to the error of the fit',
  aliases: ['fitted polynomial', 'fittedpoly'],
  grains: ({ relative }) => (relative ? ['rollout'] : ['rollout', 'step', 'token']),
  scope: 'row',
  parameters: z.object({
    degree: z.number().int().min(1).max(15).default(5).describe('degree of the polynomial'),
    from: z.number().default(-5).describe('lower end of the fit; 0 from there downwards'),
    to: z.number().default(5).describe('upper end of the fit; 1 from there upwards'),
    points: z.number().int().min(2).max(10_000).default(100).describe('equidistant points of the fit'),
    relative: z.boolean().default(false).describe('compare with the references; rollout columns only'),
    references: z
      .number()
      .int()
      .positive()
      .default(1)
      .describe('how many references are used, from the first'),
  }),
  inputs: ({ relative }) => (relative ? REFERENCES_INPUT : {}),
  warnings: groupDeviationRescales,
  examples: [
    {
      title: 'the middle and both ends',
      input: { column: [0, -5, 7, null] },
      result: [0.5, 0, 1, null],
      tolerance: 1e-12,
    },
    {
      title: 'relative to one reference',
      parameters: { relative: true },
      input: { column: [3, 3], inputs: { references: [[3], []] } },
      result: [0.5, null],
      tolerance: 1e-12,
    },
  ],
  apply(column, { relative, references: limit, ...fit }, { inputs }) {
    if (fit.from >= fit.to) {
      throw new GuerdonError('PARAMETER_INVALID', 'the fit has no width', {
        where: { field: 'fitted-sigmoid.to' },
        expected: 'from < to',
        found: `from ${fit.from} to ${fit.to}`,
      })
    }
    const curve = fittedCurve(fit)
    const result = copyColumn(column)
    const { values, valid } = result
    if (relative) {
      const references = referencesFor(column, inputs)
      return writeOrReject(result, meanOverReferences(values, valid, references, limit, curve), references)
    }
    for (let entry = 0; entry < values.length; entry++) {
      if (valid[entry] === 1) values[entry] = curve(values[entry]!)
    }
    return result
  },
})
