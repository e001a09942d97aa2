/** Calibration error over bins of probability, in the dialects that published code uses. */
import { GuerdonError } from '../records/error.ts'
import { quantile } from './quantile.ts'

export interface CalibrationBin {
  readonly bin: number
  readonly count: number
  /** mean probability and share of labels that are 1 */
  readonly probability: number
  readonly share: number
}

export interface BinnedCalibration {
  /** ECE: Σ_b n_b/N·|mean p − mean y| */
  readonly expected: number
  /** ACE: mean of |mean p − mean y| over the bins that are not empty */
  readonly average: number
  /** MCE: the largest of them */
  readonly maximum: number
  /** bins that are not empty */
  readonly bins: readonly CalibrationBin[]
}

export interface BinOptions {
  readonly bins?: number
  /** `uniform` edges k/bins, or edges at the quantiles of the probabilities */
  readonly strategy?: 'uniform' | 'quantile'
  /** which bin a probability on an inner edge belongs to: the upper (the default) or the lower (MORE, scikit-learn) */
  readonly edge?: 'upper' | 'lower'
}

/** Sums of each bin: count, probabilities, labels. They may be added to as pairs arrive. */
export class CalibrationSums {
  readonly counts: Float64Array
  readonly probabilities: Float64Array
  readonly labels: Float64Array

  constructor(bins: number) {
    this.counts = new Float64Array(bins)
    this.probabilities = new Float64Array(bins)
    this.labels = new Float64Array(bins)
  }

  add(bin: number, probability: number, label: number): void {
    this.counts[bin]!++
    this.probabilities[bin]! += probability
    this.labels[bin]! += label
  }

  result(): BinnedCalibration {
    let total = 0
    for (const count of this.counts) total += count
    const bins: CalibrationBin[] = []
    let expected = 0
    let sum = 0
    let maximum = 0
    for (let bin = 0; bin < this.counts.length; bin++) {
      const count = this.counts[bin]!
      if (count === 0) continue
      const probability = this.probabilities[bin]! / count
      const share = this.labels[bin]! / count
      const gap = Math.abs(probability - share)
      expected += (count / total) * gap
      sum += gap
      maximum = Math.max(maximum, gap)
      bins.push({ bin, count, probability, share })
    }
    return { expected, average: bins.length === 0 ? 0 : sum / bins.length, maximum, bins }
  }
}

/** The bin min(⌊bins·p⌋, bins − 1): the last one is closed. */
export function uniformBin(probability: number, bins: number): number {
  return Math.min(bins - 1, Math.floor(bins * probability))
}

/** Number of inner edges below the probability (or not above it). */
function binByEdges(probability: number, edges: Float64Array, lower: boolean): number {
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (lower ? edges[middle]! < probability : edges[middle]! <= probability) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Expected, average and maximum calibration error of n probabilities against labels 0 and 1, all in [0, 1]. No
 * probabilities give zeros and no bins (as the published code does): look at `bins` before reading that as good.
 * With every label 1 this only measures 1 − mean p: add the complements first (`symmetrised`).
 * Sources: paper 00-reward-model-losses (uniform, upper edge); paper 43, utils.py `calibration_error` (lower edge).
 * @throws GuerdonError ARGUMENT_INVALID for lists of different lengths, a probability outside [0, 1], a label that is
 *   neither 0 nor 1, or no positive number of bins
 *
 * @example binnedCalibration([1, 0], [0.75, 0.25]).expected // 0.25
 */
export function binnedCalibration(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  { bins = 10, strategy = 'uniform', edge = 'upper' }: BinOptions = {},
): BinnedCalibration {
  const size = labels.length
  if (probabilities.length !== size || !(Number.isInteger(bins) && bins >= 1)) {
    throw new GuerdonError(
      'ARGUMENT_INVALID',
      `${size} labels, ${probabilities.length} probabilities, ${bins} bins`,
      { expected: 'as many labels as probabilities and a positive number of bins' },
    )
  }
  const byFloor = strategy === 'uniform' && edge === 'upper'
  const edges = new Float64Array(bins - 1)
  const copy = strategy === 'quantile' ? Float64Array.from(probabilities) : undefined
  for (let index = 0; index < edges.length; index++) {
    edges[index] = copy === undefined ? (index + 1) * (1 / bins) : quantile(copy, 0, size, (index + 1) / bins)
  }
  const sums = new CalibrationSums(bins)
  for (let row = 0; row < size; row++) {
    const p = probabilities[row]!
    const y = labels[row]!
    if (!(p >= 0 && p <= 1) || (y !== 0 && y !== 1)) {
      throw new GuerdonError('ARGUMENT_INVALID', `entry ${row} has label ${y} and probability ${p}`, {
        expected: 'a label of 0 or 1 and a probability in [0, 1]',
      })
    }
    sums.add(byFloor ? uniformBin(p, bins) : binByEdges(p, edges, edge === 'lower'), p, y)
  }
  return sums.result()
}

/**
 * Both orders of n pairs listed with the preferred first: (p, 1) and (1 − p, 0).
 *
 * @example symmetrised([0.75]).labels // [1, 0]
 */
export function symmetrised(probabilities: ArrayLike<number>): {
  readonly probabilities: Float64Array
  readonly labels: Uint8Array
} {
  const size = probabilities.length
  const both = new Float64Array(2 * size)
  const labels = new Uint8Array(2 * size)
  for (let pair = 0; pair < size; pair++) {
    both[pair] = probabilities[pair]!
    both[size + pair] = 1 - probabilities[pair]!
    labels[pair] = 1
  }
  return { probabilities: both, labels }
}
