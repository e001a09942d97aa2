/** How well a method that looks for wrong labels finds the ones that are. */
import { areaUnderCurve } from '../../numerics/calibration.ts'
import { GuerdonError } from '../../records/error.ts'

export interface FlipsFound {
  readonly flipped: number
  readonly suspected: number
  /** share of suspected labels that are flipped; null when none was suspected */
  readonly precision: number | null
  /** share of flipped labels that were suspected; null when none is flipped */
  readonly recall: number | null
  /** probability that a flipped label has a higher suspicion than a right one, ties ½; null when all or none are */
  readonly auroc: number | null
}

/**
 * Precision and recall of the labels whose suspicion is above the threshold, and the AUROC of the suspicion.
 * Source: paper 00-preference-testbed, what to measure.
 * @param flipped 1 where the label is against the noise-free preference
 * @param suspicion one number a label, higher is more suspicious
 * @throws GuerdonError ARGUMENT_INVALID for lists of different lengths or a suspicion that is NaN
 *
 * @example flipsFound([1, 0, 0], [0.9, 0.8, 0.1], 0.5) // { flipped: 1, suspected: 2, precision: 0.5, recall: 1, auroc: 1 }
 */
export function flipsFound(
  flipped: ArrayLike<number>,
  suspicion: ArrayLike<number>,
  threshold: number,
): FlipsFound {
  if (flipped.length !== suspicion.length || Array.from(suspicion).some(Number.isNaN)) {
    throw new GuerdonError('ARGUMENT_INVALID', `${suspicion.length} suspicions of ${flipped.length} labels`, {
      expected: 'a number for each label',
    })
  }
  let wrong = 0
  let suspected = 0
  let both = 0
  for (let label = 0; label < flipped.length; label++) {
    const isWrong = flipped[label] === 1
    const isSuspected = suspicion[label]! > threshold
    if (isWrong) wrong++
    if (isSuspected) suspected++
    if (isWrong && isSuspected) both++
  }
  return {
    flipped: wrong,
    suspected,
    precision: suspected === 0 ? null : both / suspected,
    recall: wrong === 0 ? null : both / wrong,
    auroc: areaUnderCurve(flipped, suspicion) ?? null,
  }
}
