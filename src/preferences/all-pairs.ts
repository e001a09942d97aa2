/** Pairs out of a ranking: all of them, not only neighbours. */

/**
 * Every two items with different ranks as [better, worse], in the order of (i, j), i < j, by position; the lower rank
 * number is better, and equal ranks make no pair. Source: paper 08 (MM-RLHF), data pipeline.
 * @param ranks one an item; 1 is best
 *
 * @example allPairs([2, 1, 1]) // [[1, 0], [2, 0]]
 */
export function allPairs(ranks: ArrayLike<number>): [better: number, worse: number][] {
  const pairs: [number, number][] = []
  for (let one = 0; one < ranks.length; one++) {
    for (let other = one + 1; other < ranks.length; other++) {
      if (ranks[one]! < ranks[other]!) pairs.push([one, other])
      else if (ranks[one]! > ranks[other]!) pairs.push([other, one])
    }
  }
  return pairs
}
