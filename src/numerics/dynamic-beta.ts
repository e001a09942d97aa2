/**
 * β of DPO scaled by how much better a reward model finds the chosen completion.
 * Source: paper 08 (MM-RLHF), equation 5.
 */
import { GuerdonError } from '../records/error.ts'

export interface DynamicBetaOptions {
  /** 0.1 by default */
  readonly beta?: number
  /** w ≥ 0: how far β may grow; 0.5 by default */
  readonly growth?: number
  /** k > 0: how fast it does; 0.5 by default */
  readonly rate?: number
}

/** 1 − e^{−kδ} for each margin: below 1, negative for pairs that the reward model ranks the other way round. */
export const betaFactors = (margins: ArrayLike<number>, rate: number): Float64Array =>
  Float64Array.from(margins, (margin) => -Math.expm1(-rate * margin))

/**
 * β(δ) = β·(1 + w·(1 − e^{−kδ})) for each margin δ, held in [β, (1 + w)·β], so that a pair which the reward model
 * ranks the other way round has β itself.
 *
 * @throws GuerdonError ARGUMENT_INVALID for parameters out of range or a margin that is no number
 * @example dynamicBeta([0]) // Float64Array [0.1]
 */
export function dynamicBeta(margins: ArrayLike<number>, options: DynamicBetaOptions = {}): Float64Array {
  const { beta = 0.1, growth = 0.5, rate = 0.5 } = options
  if (!(beta > 0) || !(growth >= 0) || !(rate > 0))
    throw new GuerdonError('ARGUMENT_INVALID', 'the scaling of β is out of range', {
      found: { beta, growth, rate },
      expected: 'beta and rate above 0, growth at least 0',
    })
  return betaFactors(margins, rate).map((factor, place) => {
    if (Number.isNaN(factor))
      throw new GuerdonError('ARGUMENT_INVALID', 'a margin is no number', { found: margins[place] })
    return beta * (1 + growth * Math.max(0, factor))
  })
}

/** The formula without its limits, as `dynamicBeta` would give it for any sign of δ; −∞ for a margin far below 0. */
export function unboundedBeta(margins: ArrayLike<number>, options: DynamicBetaOptions = {}): Float64Array {
  const { beta = 0.1, growth = 0.5, rate = 0.5 } = options
  if (growth === 0) return Float64Array.from(margins, () => beta)
  return betaFactors(margins, rate).map((factor) => beta * (1 + growth * factor))
}
