/** Ranks with ties averaged, and Spearman's rank correlation. */

/** Ranks 1 … n of the values, smallest first; equal values share the mean of their ranks. */
export function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Int32Array.from({ length: values.length }, (_, index) => index).sort(
    (a, b) => values[a]! - values[b]!,
  )
  const ranks = new Float64Array(values.length)
  for (let start = 0; start < order.length; ) {
    let end = start + 1
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++
    for (let index = start; index < end; index++) ranks[order[index]!] = (start + 1 + end) / 2
    start = end
  }
  return ranks
}

/**
 * Pearson correlation of two lists of equal length; NaN when one of them is constant or shorter than two.
 *
 * @example correlation([1, 2, 3], [2, 4, 6]) // 1
 */
export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const size = a.length
  let meanA = 0
  let meanB = 0
  for (let index = 0; index < size; index++) {
    meanA += a[index]! / size
    meanB += b[index]! / size
  }
  let covariance = 0
  let squaresA = 0
  let squaresB = 0
  for (let index = 0; index < size; index++) {
    const gapA = a[index]! - meanA
    const gapB = b[index]! - meanB
    covariance += gapA * gapB
    squaresA += gapA * gapA
    squaresB += gapB * gapB
  }
  return squaresA === 0 || squaresB === 0 ? Number.NaN : covariance / Math.sqrt(squaresA * squaresB)
}

/** Spearman's ρ: the correlation of the ranks; NaN when one list is constant. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return correlation(ranksOf(a), ranksOf(b))
}
