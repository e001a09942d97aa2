/** What a DPO trainer needs to scale β pair by pair, as columns of the preference data. */
import { betaFactors, type DynamicBetaOptions, dynamicBeta } from '../numerics/dynamic-beta.ts'

export interface BetaColumns {
  /** β(δ) of each pair, in [β, (1 + w)·β] */
  readonly beta: Float64Array
  /** 1 − e^{−kδ} held at 0 or above: what the authors' trainer reads as `ls_factor`, and the objective as `factor` */
  readonly factor: Float64Array
}

/**
 * β of each pair from the margin r(chosen) − r(rejected) of a reward model, and the factor it follows from; both are
 * columns of as many entries as there are margins. A trainer that takes a weight a pair instead of a β is given
 * `factor`, with β and w its own settings. Source: paper 08, equation 5; MM-RLHF `trl/trainer/dpo_trainer.py:dpo_loss`.
 *
 * @throws GuerdonError ARGUMENT_INVALID for parameters out of range or a margin that is no number
 * @example betaColumns([0, -1]).factor // Float64Array [0, 0]
 */
export function betaColumns(margins: ArrayLike<number>, options: DynamicBetaOptions = {}): BetaColumns {
  const beta = dynamicBeta(margins, options)
  const factor = betaFactors(margins, options.rate ?? 0.5).map((value) => Math.max(0, value))
  return { beta, factor }
}
