/** One number for each item out of the scores of several members. */
import { GuerdonError } from '../records/error.ts'
import { quantile } from './quantile.ts'

export const AGGREGATES = [
  'mean',
  'median',
  'min',
  'quantile',
  'mean-minus-std',
  'mean-minus-variance',
  'weighted',
] as const
export type Aggregate = (typeof AGGREGATES)[number]

export interface AggregateOptions {
  readonly aggregate: Aggregate
  /** λ of `mean-minus-std` (1 unless told) and `mean-minus-variance` (0.5 unless told) */
  readonly coefficient?: number
  /** divisor of the variance: M (`population`, the default) or M − 1 (`unbiased`); one member has variance 0 */
  readonly variance?: 'population' | 'unbiased'
  /** of `quantile`, 0.25 unless told */
  readonly q?: number
  /** of `weighted`: one a member; equal shares unless told */
  readonly weights?: ArrayLike<number>
}

/**
 * One value out of the first `count` numbers of `scores`, which are rearranged:
 *   mean, median, min (worst case, WCO), quantile (linear between order statistics)
 *   mean-minus-std       mean − λ·std
 *   mean-minus-variance  mean − λ·variance (UWO: the variance, not the deviation)
 *   weighted             Σ w_m·r_m, weights as they are (not normalised)
 * Sources: papers 17 and 19; tlc4418/llm_optimization src/bon/ensemble_rm.py (population variance) and
 * src/reward_modeling/scoring/ppo_reward_functions.py (unbiased variance).
 *
 * @example aggregateScores(Float64Array.of(1, 2, 6), 3, { aggregate: 'median' }) // 2
 */
export function aggregateScores(scores: Float64Array, count: number, options: AggregateOptions): number {
  let mean = 0
  let least = Number.POSITIVE_INFINITY
  for (let member = 0; member < count; member++) {
    mean += scores[member]! / count
    if (scores[member]! < least) least = scores[member]!
  }
  switch (options.aggregate) {
    case 'mean':
      return mean
    case 'min':
      return least
    case 'median':
      return quantile(scores, 0, count, 0.5)
    case 'quantile':
      return quantile(scores, 0, count, options.q ?? 0.25)
    case 'weighted': {
      let sum = 0
      for (let member = 0; member < count; member++)
        sum += (options.weights?.[member] ?? 1 / count) * scores[member]!
      return sum
    }
    default: {
      let squares = 0
      for (let member = 0; member < count; member++) squares += (scores[member]! - mean) ** 2
      const divisor = options.variance === 'unbiased' ? count - 1 : count
      const variance = count < 2 ? 0 : squares / divisor
      return options.aggregate === 'mean-minus-std'
        ? mean - (options.coefficient ?? 1) * Math.sqrt(variance)
        : mean - (options.coefficient ?? 0.5) * variance
    }
  }
}

/**
 * The aggregate of each of n items over M members.
 * @param members M lists of n scores, on one scale (see `standardiseMembers`)
 * @throws GuerdonError ARGUMENT_INVALID for no members, lists of different lengths, or another number of weights
 *
 * @example aggregateEnsemble([Float64Array.of(1, 4), Float64Array.of(3, 0)], { aggregate: 'min' }) // [1, 0]
 */
export function aggregateEnsemble(members: readonly Float64Array[], options: AggregateOptions): Float64Array {
  const items = members[0]?.length ?? 0
  const weights = options.weights?.length ?? members.length
  if (members.length === 0 || members.some(({ length }) => length !== items) || weights !== members.length) {
    throw new GuerdonError('ARGUMENT_INVALID', 'these are no members of one ensemble', {
      expected: 'at least one member, one score an item from each, and one weight a member',
      found: { scores: members.map(({ length }) => length), weights },
    })
  }
  const row = new Float64Array(members.length)
  const result = new Float64Array(items)
  for (let item = 0; item < items; item++) {
    for (let member = 0; member < row.length; member++) row[member] = members[member]![item]!
    result[item] = aggregateScores(row, row.length, options)
  }
  return result
}
