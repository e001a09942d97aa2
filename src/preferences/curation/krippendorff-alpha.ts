/** Krippendorff's alpha: agreement of any number of annotators, any of whom may have missed any item. */

/** nominal: labels are equal or not; interval: squared distance of numbers */
export type AlphaMetric = 'nominal' | 'interval'

/**
 * α = 1 − D_o/D_e over items with two labels or more: D_o the mean disagreement of two labels of one item (each item
 * of m labels weighs m), D_e that of any two of the n labels. Items come one at a time (`add`), memory holds the number
 * of labels of each value. Source: Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability".
 */
export class KrippendorffAlpha {
  readonly metric: AlphaMetric
  readonly #values = new Map<number, number>()
  #observed = 0
  #labels = 0
  #items = 0

  constructor(metric: AlphaMetric = 'nominal') {
    this.metric = metric
  }

  #distance(one: number, other: number): number {
    return this.metric === 'interval' ? (one - other) ** 2 : one === other ? 0 : 1
  }

  /** The labels of one item; items with fewer than two say nothing and are passed over. */
  add(labels: ArrayLike<number>, size = labels.length): void {
    if (size < 2) return
    let disagreement = 0
    for (let one = 0; one < size; one++) {
      const label = labels[one]!
      this.#values.set(label, (this.#values.get(label) ?? 0) + 1)
      for (let other = 0; other < one; other++) disagreement += this.#distance(label, labels[other]!)
    }
    this.#observed += (2 * disagreement) / (size - 1)
    this.#labels += size
    this.#items++
  }

  /** items with at least two labels */
  get items(): number {
    return this.#items
  }

  /** α in (−∞, 1]; null where no disagreement can be expected: fewer than two labels, or all alike. */
  get value(): number | null {
    let expected = 0
    const counts = [...this.#values]
    for (const [one, [label, count]] of counts.entries())
      for (let other = 0; other < one; other++)
        expected += 2 * count * counts[other]![1] * this.#distance(label, counts[other]![0])
    return expected > 0 ? 1 - (this.#observed * (this.#labels - 1)) / expected : null
  }
}

/**
 * α of a table of items, each with the labels it got.
 *
 * @example krippendorffAlpha([[1, 1], [2, 2], [1, 2]]) // ≈ 0.4444
 */
export function krippendorffAlpha(
  items: readonly (readonly number[])[],
  metric: AlphaMetric = 'nominal',
): number | null {
  const alpha = new KrippendorffAlpha(metric)
  for (const labels of items) alpha.add(labels)
  return alpha.value
}
