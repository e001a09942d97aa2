/**
 * A weight that grows over training, once or in cycles.
 * Source: paper 55, VPL `pref_learn/models/utils.py:Annealer`.
 */
import { GuerdonError } from '../records/error.ts'

export const ANNEALING_SHAPES = ['none', 'linear', 'cosine', 'logistic'] as const
export type AnnealingShape = (typeof ANNEALING_SHAPES)[number]

export interface AnnealingOptions {
  /** steps to the full weight */
  readonly totalSteps: number
  readonly shape?: AnnealingShape
  /** b in [0, 1]: the weight is b + (1 − b)·y */
  readonly baseline?: number
  /** begins again after `totalSteps`, so that the full weight itself is never reached */
  readonly cyclical?: boolean
}

/**
 * The weight at a step (from 0), with x = step/totalSteps: `linear` x; `cosine` ½(cos(π(x − 1)) + 1); `logistic`
 * σ(step − totalSteps/2); `none` 1 at every step. Without cycles the last weight is kept.
 *
 * @throws GuerdonError ARGUMENT_INVALID for options out of range
 * @example annealingWeight(5, { totalSteps: 10 }) // 0.5
 */
export function annealingWeight(step: number, options: AnnealingOptions): number {
  const { totalSteps, shape = 'cosine', baseline = 0, cyclical = false } = options
  if (!(totalSteps >= 1))
    throw new GuerdonError('ARGUMENT_INVALID', 'annealing needs at least one step', { found: totalSteps })
  if (!(baseline >= 0 && baseline <= 1))
    throw new GuerdonError('ARGUMENT_INVALID', 'the baseline of annealing is out of range', {
      found: baseline,
      expected: '0 to 1',
    })
  const at = cyclical ? step % totalSteps : Math.min(step, totalSteps)
  const weight = {
    none: () => 1,
    linear: () => at / totalSteps,
    cosine: () => (Math.cos(Math.PI * (at / totalSteps - 1)) + 1) / 2,
    logistic: () => 1 / (1 + Math.exp(totalSteps / 2 - at)),
  }[shape]()
  return baseline + (1 - baseline) * weight
}
