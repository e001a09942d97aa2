/** How well differences of rewards tell which of two completions people prefer. */
import { GuerdonError } from '../records/error.ts'
import { binnedCalibration, type CalibrationBin } from './binned-calibration.ts'
import { sigmoid, softplus } from './sigmoid.ts'

export interface PreferenceMetrics {
  readonly pairs: number
  /** share of right signs, a difference of 0 counting ½ */
  readonly accuracy: number
  /** the same, a difference of 0 counting as wrong (what most trainers log) */
  readonly strictAccuracy: number
  /** differences of exactly 0 */
  readonly ties: number
  /** mean of −log σ(±Δ), in nats */
  readonly logLoss: number
  /** mean of (σ(Δ) − y)² */
  readonly brier: number
  readonly expectedCalibrationError: number
  readonly maximumCalibrationError: number
  readonly reliability: readonly CalibrationBin[]
}

/**
 * Accuracy, log-loss, Brier score and calibration of p = σ(Δ) against labels (1: the first is preferred, 0: the
 * second). Calibration is over equal bins, min(⌊bins·p⌋, bins − 1). A list that always names the preferred completion
 * first has to be symmetrised before its calibration means anything.
 * Source: paper 00-reward-model-losses, metrics.
 * @param differences r(first) − r(second), finite
 * @throws GuerdonError ARGUMENT_INVALID for no pairs, lists of different lengths, a difference that is not finite, or a
 *   label that is neither 0 nor 1
 *
 * @example preferenceMetrics([2, 0], [1, 1]).accuracy // 0.75
 */
export function preferenceMetrics(
  differences: ArrayLike<number>,
  labels: ArrayLike<number>,
  bins = 10,
): PreferenceMetrics {
  const pairs = differences.length
  if (pairs === 0 || labels.length !== pairs) {
    throw new GuerdonError('ARGUMENT_INVALID', `${pairs} differences and ${labels.length} labels`, {
      expected: 'at least one pair and a label for each',
    })
  }
  const probabilities = new Float64Array(pairs)
  let right = 0
  let ties = 0
  let logLoss = 0
  let brier = 0
  for (let pair = 0; pair < pairs; pair++) {
    const difference = differences[pair]!
    const label = labels[pair]!
    if (!Number.isFinite(difference)) {
      throw new GuerdonError('ARGUMENT_INVALID', `the difference of pair ${pair} is ${difference}`, {
        expected: 'a finite number',
      })
    }
    if (difference === 0) ties++
    else if (difference > 0 === (label === 1)) right++
    const p = sigmoid(difference)
    probabilities[pair] = p
    logLoss += softplus(label === 1 ? -difference : difference) / pairs
    brier += (p - label) ** 2 / pairs
  }
  const calibration = binnedCalibration(labels, probabilities, { bins })
  return {
    pairs,
    accuracy: (right + ties / 2) / pairs,
    strictAccuracy: right / pairs,
    ties,
    logLoss,
    brier,
    expectedCalibrationError: calibration.expected,
    maximumCalibrationError: calibration.maximum,
    reliability: calibration.bins,
  }
}
