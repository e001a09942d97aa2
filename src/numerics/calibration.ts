/** How well stated confidences agree with what happened: Brier score, calibration error, and ranking (AUROC). */
import { GuerdonError } from '../records/error.ts'

export interface ReliabilityBin {
  /** lower and upper edge; the first bin also takes what lies below, the last what lies above */
  readonly from: number
  readonly to: number
  readonly count: number
  /** mean confidence and share of right answers; undefined for an empty bin */
  readonly confidence: number | undefined
  readonly accuracy: number | undefined
}

export interface Calibration {
  /** mean of (q − c)², in [0, 1]; lower is better */
  readonly brier: number
  /** Σ n_b / N · |accuracy_b − confidence_b|, in [0, 1]; lower is better */
  readonly ece: number
  /** probability that a right answer is more confident than a wrong one, ties ½; undefined if all or none are right */
  readonly auroc: number | undefined
  readonly accuracy: number
  readonly bins: readonly ReliabilityBin[]
}

/** Area under the ROC curve by ranks (Mann–Whitney), ties counted ½. O(n log n). */
export function areaUnderCurve(
  correct: ArrayLike<number>,
  confidence: ArrayLike<number>,
): number | undefined {
  const order = Array.from({ length: correct.length }, (_, index) => index).sort(
    (a, b) => confidence[a]! - confidence[b]!,
  )
  let rankSum = 0
  let positives = 0
  for (let start = 0; start < order.length; ) {
    let end = start
    while (end < order.length && confidence[order[end]!] === confidence[order[start]!]) end++
    const rank = (start + 1 + end) / 2
    for (let index = start; index < end; index++) {
      if (correct[order[index]!] === 1) {
        positives++
        rankSum += rank
      }
    }
    start = end
  }
  const negatives = order.length - positives
  if (positives === 0 || negatives === 0) return undefined
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives)
}

/**
 * Brier score, expected calibration error and AUROC of n answers.
 * A confidence on an edge k/bins (as computed in doubles: k · (1/bins)) belongs to the upper bin.
 * Source: RLCR (arXiv 2507.16806), `eval/eval_utils.py`, `get_brier` and `get_ece`.
 * @param correct 1 for a right answer, 0 for a wrong one
 * @param confidence one number an answer, usually in [0, 1]
 * @throws GuerdonError ARGUMENT_INVALID for no answers, lists of different lengths or numbers that are not finite
 *
 * @example calibration([1, 0], [0.75, 0.25]).brier // 0.0625
 */
export function calibration(
  correct: ArrayLike<number>,
  confidence: ArrayLike<number>,
  bins = 10,
): Calibration {
  const size = correct.length
  if (size === 0 || confidence.length !== size || !Number.isInteger(bins) || bins < 1) {
    throw new GuerdonError(
      'ARGUMENT_INVALID',
      `${size} outcomes, ${confidence.length} confidences, ${bins} bins`,
      {
        expected: 'at least one outcome, as many confidences, and a positive number of bins',
      },
    )
  }
  const edges = Array.from({ length: bins - 1 }, (_, index) => (index + 1) * (1 / bins))
  const counts = new Float64Array(bins)
  const confidences = new Float64Array(bins)
  const rights = new Float64Array(bins)
  let squares = 0
  for (let row = 0; row < size; row++) {
    const c = correct[row]!
    const q = confidence[row]!
    if ((c !== 0 && c !== 1) || !Number.isFinite(q)) {
      throw new GuerdonError('ARGUMENT_INVALID', `answer ${row} has outcome ${c} and confidence ${q}`, {
        expected: 'outcomes 0 or 1 and finite confidences',
      })
    }
    squares += (q - c) ** 2
    const above = edges.findIndex((edge) => q < edge)
    const bin = above === -1 ? bins - 1 : above
    counts[bin]!++
    confidences[bin]! += q
    rights[bin]! += c
  }
  let ece = 0
  for (let bin = 0; bin < bins; bin++) {
    if (counts[bin] !== 0) ece += Math.abs(rights[bin]! - confidences[bin]!) / size
  }
  return {
    brier: squares / size,
    ece,
    auroc: areaUnderCurve(correct, confidence),
    accuracy: rights.reduce((sum, value) => sum + value, 0) / size,
    bins: Array.from(counts, (count, bin) => ({
      from: bin === 0 ? 0 : edges[bin - 1]!,
      to: bin === bins - 1 ? 1 : edges[bin]!,
      count,
      confidence: count === 0 ? undefined : confidences[bin]! / count,
      accuracy: count === 0 ? undefined : rights[bin]! / count,
    })),
  }
}
