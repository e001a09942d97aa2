/** Accuracy and calibration of rewards on scored lists, with every pair counted in both orders. */
import { binnedCalibration } from '../../numerics/binned-calibration.ts'
import { sigmoid } from '../../numerics/sigmoid.ts'
import { GuerdonError } from '../../records/error.ts'

export interface BothOrderMetrics {
  /** ordered pairs with different scores; half as many unordered ones */
  readonly orderedPairs: number
  /** share with [Δ > 0] = label over ordered pairs: an exact tie of rewards counts ½ */
  readonly accuracy: number
  readonly expectedCalibrationError: Readonly<Record<5 | 10 | 20, number>>
  /** over ten bins */
  readonly averageCalibrationError: number
  readonly maximumCalibrationError: number
}

/**
 * Metrics of MORE: over all ordered pairs (i, j) of a list whose scores differ and are not negative (negative is
 * padding), p = σ(r_i − r_j) against [s_i > s_j]. Bins are equal and take their upper edge.
 * Source: dunzeng/MORE, trainer_utils.py `compute_metrics`, utils.py `calibration_error`.
 * @param rewards one list a prompt
 * @param scores of the same shape
 * @throws GuerdonError ARGUMENT_INVALID when the shapes differ or no pair is left
 *
 * @example bothOrderMetrics([[2, 0], [1, 1]], [[1, 0], [1, 0]]).accuracy // 0.75
 */
export function bothOrderMetrics(
  rewards: readonly ArrayLike<number>[],
  scores: readonly ArrayLike<number>[],
): BothOrderMetrics {
  const probabilities: number[] = []
  const labels: number[] = []
  let right = 0
  for (let list = 0; list < rewards.length; list++) {
    const own = rewards[list]!
    const given = scores[list]
    if (given?.length !== own.length) {
      throw new GuerdonError('ARGUMENT_INVALID', `list ${list} has ${own.length} rewards`, {
        expected: 'as many scores',
        found: given?.length,
      })
    }
    for (let one = 0; one < own.length; one++) {
      for (let other = 0; other < own.length; other++) {
        if (given[one]! < 0 || given[other]! < 0 || given[one] === given[other]) continue
        const difference = own[one]! - own[other]!
        const label = given[one]! > given[other]! ? 1 : 0
        if (difference > 0 === (label === 1)) right++
        probabilities.push(sigmoid(difference))
        labels.push(label)
      }
    }
  }
  if (labels.length === 0) {
    throw new GuerdonError('ARGUMENT_INVALID', 'no two completions of a list have different scores', {
      expected: 'at least one pair',
    })
  }
  const over = (bins: number) => binnedCalibration(labels, probabilities, { bins, edge: 'lower' })
  const ten = over(10)
  return {
    orderedPairs: labels.length,
    accuracy: right / labels.length,
    expectedCalibrationError: { 5: over(5).expected, 10: ten.expected, 20: over(20).expected },
    averageCalibrationError: ten.average,
    maximumCalibrationError: ten.maximum,
  }
}
