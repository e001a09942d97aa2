/** The computation behind `beta` (paper 02, BNPO): fit of the pass rates, weight of each group, advantages. */
import { betaFromMoments } from '../numerics/beta-distribution.ts'
import { logBeta } from '../numerics/gamma-function.ts'
import type { Groups } from '../numerics/grouped.ts'
import { applyPairs, pairedMoments } from '../numerics/paired-moments.ts'
import { GuerdonError } from '../records/error.ts'
import { estimatesOf, movedEstimates, type PassRateEstimates } from './pass-rate-estimates.ts'

export interface BetaOptions {
  /** reward range that is mapped to [0, 1] (default 0 … 1) */
  readonly min?: number
  readonly max?: number
  /** largest weight of a group (default 1e6, as released) */
  readonly weightCap?: number
  /** when all pass rates are equal: divide by √(p(1 − p)), give 0, or as released: nothing usable (`degenerate`) */
  readonly onDegenerate?: 'group-std' | 'zero' | 'released'
  /** a group of one: 0 and out of the fit (default), or a pass rate of 0 as released */
  readonly single?: 'zero' | 'released'
  /** fit to running estimates instead of this batch alone: those before the batch, and their decay */
  readonly running?: { readonly before: PassRateEstimates; readonly decay: number } | undefined
  /** where to write the advantages; a new array if left out */
  readonly out?: Float64Array
}

export interface BetaFit {
  /** mean and unbiased variance of the pass rates that the density fits; 0 and 1 where no two groups were seen */
  readonly passRateMean: number
  readonly passRateVariance: number
  /** parameters of the pass rates, and those of the density that is divided by */
  readonly a: number
  readonly b: number
  readonly alpha: number
  readonly beta: number
  /** groups of the batch in the fit */
  readonly groups: number
  /** no density fits: all pass rates are equal */
  readonly degenerate: boolean
  /** groups whose weight met the cap */
  readonly capped: number
  /** by group number; 0 for a group without valid rows */
  readonly groupMeans: Float64Array
  readonly groupWeights: Float64Array
  /** the running estimates after this batch; undefined when the fit is to the batch alone */
  readonly estimates: PassRateEstimates | undefined
}

/**
 * BNPO advantages: w_g · (s − p_g) with s = (r − min)/(max − min), p_g the mean of s over the valid rows of the group
 * and w_g = 1 / Beta(p_g; α, β) up to the cap, α = max(1 + a/3, 1), β = max(1 + b/3, 1), where a and b come from the
 * mean and variance of p over the groups. A single group has weight 1; a group all right or all wrong gets 0.
 * With `running` the mean and variance are running estimates that take in this batch first.
 * Source: paper 02, algorithm; recipe/bnpo/src/bnpo_ray_trainer.py `compute_bnpo_outcome_advantage`.
 *
 * @throws GuerdonError ARGUMENT_INVALID for a pass rate outside [0, 1], an empty range, or, with
 *   `onDegenerate: released`, a batch that is all right or all wrong
 * @example betaAdvantages(Float64Array.of(1, 0), Uint8Array.of(1, 1), { count: 1, of: Int32Array.of(0, 0) }).advantages
 *   // [0.5, −0.5]
 */
export function betaAdvantages(
  rewards: Float64Array,
  valid: Uint8Array,
  groups: Groups,
  options: BetaOptions = {},
): { advantages: Float64Array; fit: BetaFit } {
  const { min = 0, max = 1, out = new Float64Array(rewards.length) } = options
  if (!(max > min)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'the reward range is empty', {
      expected: 'min below max',
      found: { min, max },
    })
  }
  const { count, pairs } = pairedMoments(rewards, valid, groups, false)
  const fit = fitPassRates(count, pairs, options)
  const range = max - min
  for (let group = 0, at = 0; group < groups.count; group++, at += 2) {
    pairs[at + 1] = fit.groupWeights[group]! / range
    // A released group of one is measured from a pass rate of 0, which is a reward of `min`.
    if (count[group] === 1) pairs[at] = min
  }
  applyPairs(rewards, valid, groups, pairs, out)
  return { advantages: out, fit }
}

function fitPassRates(
  count: Int32Array,
  pairs: Float64Array,
  { min = 0, max = 1, weightCap = 1e6, onDegenerate = 'group-std', single = 'zero', running }: BetaOptions,
): BetaFit {
  const groupMeans = new Float64Array(count.length)
  const smallest = single === 'zero' ? 2 : 1
  let groups = 0
  let sum = 0
  for (let group = 0; group < count.length; group++) {
    if (count[group]! < smallest) continue
    const passRate = count[group] === 1 ? 0 : (pairs[2 * group]! - min) / (max - min)
    if (!(passRate >= 0 && passRate <= 1)) {
      throw new GuerdonError('ARGUMENT_INVALID', 'the mean reward of a group lies outside the range', {
        expected: `rewards from ${min} to ${max}`,
        found: pairs[2 * group],
      })
    }
    groupMeans[group] = passRate
    groups++
    sum += passRate
  }
  let passRateMean = sum / groups
  let passRateVariance = 0
  for (let group = 0; group < count.length; group++) {
    if (count[group]! >= smallest) passRateVariance += (groupMeans[group]! - passRateMean) ** 2
  }
  let estimates: PassRateEstimates | undefined
  if (running === undefined) {
    passRateVariance /= groups - 1
    if (groups < 2) {
      passRateMean = 0
      passRateVariance = 1
    }
  } else {
    const batch = { groups, mean: passRateMean, squares: passRateVariance }
    estimates = movedEstimates(running.before, batch, running.decay)
    ;({ mean: passRateMean, variance: passRateVariance } = estimatesOf(estimates))
  }
  const { alpha: a, beta: b } = betaFromMoments(passRateMean, passRateVariance)
  const degenerate = passRateVariance < 1e-12
  if (degenerate && onDegenerate === 'released' && (passRateMean === 0 || passRateMean === 1)) {
    throw new GuerdonError(
      'ARGUMENT_INVALID',
      'all groups are right or all are wrong: no Beta density fits',
      {
        expected: 'groups with different pass rates',
      },
    )
  }
  const alpha = Math.max(1 + a / 3, 1)
  const beta = Math.max(1 + b / 3, 1)
  const weigh = degenerate ? degenerateWeight(onDegenerate) : densityWeight(alpha, beta, weightCap)
  const groupWeights = new Float64Array(count.length)
  let capped = 0
  for (let group = 0; group < count.length; group++) {
    if (count[group]! < smallest) continue
    groupWeights[group] = weigh(groupMeans[group]!)
    if (!degenerate && groupWeights[group] === weightCap) capped++
  }
  return {
    passRateMean,
    passRateVariance,
    a,
    b,
    alpha,
    beta,
    groups,
    degenerate,
    capped,
    groupMeans,
    groupWeights,
    estimates,
  }
}

function degenerateWeight(onDegenerate: 'group-std' | 'zero' | 'released'): (passRate: number) => number {
  if (onDegenerate !== 'group-std') return () => 0
  return (passRate) => 1 / Math.sqrt(Math.max(passRate * (1 - passRate), 1e-12))
}

/**
 * 1 / Beta(p; α, β) up to the cap. Groups of one size share a few pass rates, so the last weight of each slot is
 * kept: a logarithm and an exponential a group would cost more than everything else together.
 */
function densityWeight(alpha: number, beta: number, cap: number): (passRate: number) => number {
  const normaliser = logBeta(alpha, beta)
  const slots = 4096
  const known = new Float64Array(slots).fill(-1)
  const weights = new Float64Array(slots)
  return (passRate) => {
    const slot = (passRate * (slots - 1)) | 0
    if (known[slot] !== passRate) {
      const left = alpha === 1 ? 0 : (alpha - 1) * Math.log(passRate)
      const right = beta === 1 ? 0 : (beta - 1) * Math.log(1 - passRate)
      known[slot] = passRate
      weights[slot] = Math.min(Math.exp(normaliser - left - right), cap)
    }
    return weights[slot]!
  }
}
