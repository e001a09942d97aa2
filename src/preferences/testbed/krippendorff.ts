/** Agreement of annotators beyond chance. */
import { GuerdonError } from '../../records/error.ts'
import { KrippendorffAlpha } from '../curation/krippendorff-alpha.ts'

/**
 * Krippendorff's α for nominal labels, α = 1 − D_o/D_e, at most 1: 1 is full agreement, 0 is chance. Missing labels
 * are allowed; items with fewer than two labels say nothing about agreement and are left out. One category alone has
 * α = 1 by convention (nobody ever disagreed).
 * Source: Krippendorff, "Computing Krippendorff's alpha-reliability" (2011); paper 00-preference-testbed.
 * @param labels annotators × items: one list of whole numbers an annotator
 * @param missing the number that stands for no label
 * @throws GuerdonError ARGUMENT_INVALID for lists of different lengths, or when no item has two labels
 *
 * @example krippendorffAlpha([[0, 1, 1], [0, 1, 1]]) // 1
 */
export function krippendorffAlpha(labels: readonly ArrayLike<number>[], missing = -1): number {
  const items = labels[0]?.length ?? 0
  if (labels.some((list) => list.length !== items)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'the annotators have labelled different numbers of items', {
      expected: 'one list of equal length an annotator, with a number for what is missing',
      found: labels.map((list) => list.length),
    })
  }
  const alpha = new KrippendorffAlpha()
  const given = new Float64Array(labels.length)
  for (let item = 0; item < items; item++) {
    let size = 0
    for (const list of labels) if (list[item] !== missing) given[size++] = list[item]!
    alpha.add(given, size)
  }
  if (alpha.items === 0) {
    throw new GuerdonError('ARGUMENT_INVALID', 'no item has two labels', {
      expected: 'at least one item that two annotators have labelled',
    })
  }
  return alpha.value ?? 1
}
