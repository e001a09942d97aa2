/** Accuracy over items, and over categories. */
import { GuerdonError } from '../../records/error.ts'

export interface MacroAccuracy {
  /** mean over items */
  readonly overall: number
  /** mean over categories: a small category counts as much as a large one */
  readonly macro: number
  readonly byCategory: Readonly<Record<string, number>>
}

/**
 * Overall and macro accuracy as VL-RewardBench reports them. Source: paper 19, metrics.
 * @param correct 0 … 1 an item (½ for a tie)
 * @throws GuerdonError ARGUMENT_INVALID for no items or lists of different lengths
 *
 * @example macroAccuracy(['a', 'a', 'b'], [1, 1, 0]).macro // 0.5
 */
export function macroAccuracy(categories: readonly string[], correct: ArrayLike<number>): MacroAccuracy {
  if (categories.length === 0 || categories.length !== correct.length) {
    throw new GuerdonError(
      'ARGUMENT_INVALID',
      `${categories.length} categories for ${correct.length} items`,
      { expected: 'at least one item, and a category for each' },
    )
  }
  const sums = new Map<string, { right: number; count: number }>()
  let right = 0
  for (let item = 0; item < categories.length; item++) {
    const sum = sums.get(categories[item]!) ?? { right: 0, count: 0 }
    sum.right += correct[item]!
    sum.count++
    right += correct[item]!
    sums.set(categories[item]!, sum)
  }
  const byCategory = Object.fromEntries([...sums].map(([name, sum]) => [name, sum.right / sum.count]))
  const shares = Object.values(byCategory)
  return {
    overall: right / categories.length,
    macro: shares.reduce((sum, share) => sum + share, 0) / shares.length,
    byCategory,
  }
}
