/**
 * Log-sigmoid of a centred reward: the log-probability that a completion beats the reference. Range (−∞, 0]. Put
 * `centre` before it; sums of such columns are a logical AND. Source: paper 06.
 */
import { z } from 'zod'
import { defineShaping } from '../kinds/shaping.ts'
import { groupDeviationRescales } from '../kinds/trainer-sentences.ts'
import { logSigmoid as logarithm, sigmoid } from '../numerics/sigmoid.ts'
import { copyColumn } from '../records/column.ts'

/**
 * Slope of log σ at each centred reward, σ(−Δ) in (0, 1): near 1 far below the reference, near 0 far above it, where
 * a further rise of the reward earns nothing ("saturated"). Invalid entries get 0.
 *
 * @example logSigmoidSlope(Float64Array.of(0), Uint8Array.of(1)) // [0.5]
 */
export function logSigmoidSlope(centred: Float64Array, valid: Uint8Array): Float64Array {
  const slopes = new Float64Array(centred.length)
  for (let entry = 0; entry < slopes.length; entry++) {
    if (valid[entry] === 1) slopes[entry] = sigmoid(-centred[entry]!)
  }
  return slopes
}

export const logSigmoid = defineShaping({
  name: 'log-sigmoid',
  summary: 'Turns a centred reward into the log-probability of beating the reference.',
  paper: {
    slug: '06-transforming-combining',
    title: 'Transforming and Combining Rewards for Aligning Large Language Models',
    source: 'log-sigmoid-centred transformation',
  },
  formula: 'log σ(r) = −log(1 + e^(−r))',
  range: '(−∞, 0]',
  aliases: ['lsc', 'log-sigmoid-centred'],
  grains: ['rollout', 'step', 'token'],
  scope: 'row',
  parameters: z.object({}),
  warnings: groupDeviationRescales,
  examples: [
    {
      title: 'at the reference, far below it and above it',
      input: { column: [0, -60, Math.log(3), null] },
      result: [-Math.LN2, -60, Math.log(0.75), null],
      tolerance: 1e-15,
    },
  ],
  apply(column) {
    const result = copyColumn(column)
    const { values, valid } = result
    for (let entry = 0; entry < values.length; entry++) {
      if (valid[entry] === 1) values[entry] = logarithm(values[entry]!)
    }
    return result
  },
})
