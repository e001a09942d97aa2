/** The few statistics that the sample API needs, over NaN-marked columns. */

export const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)

export function mean(values: ArrayLike<number>): number {
  let sum = 0
  let count = 0
  for (let index = 0; index < values.length; index++) {
    if (Number.isNaN(values[index]!)) continue
    sum += values[index]!
    count++
  }
  return count === 0 ? Number.NaN : sum / count
}

export function quantile(values: readonly number[], share: number): number {
  const valid = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b)
  return valid[Math.min(valid.length - 1, Math.floor(share * valid.length))] ?? Number.NaN
}

/** Pearson correlation of the pairs in which both are there. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const pairs = a.flatMap((value, index) =>
    Number.isNaN(value + b[index]!) ? [] : [[value, b[index]!] as const],
  )
  const meanA = mean(pairs.map(([x]) => x))
  const meanB = mean(pairs.map(([, y]) => y))
  let product = 0
  let squareA = 0
  let squareB = 0
  for (const [x, y] of pairs) {
    product += (x - meanA) * (y - meanB)
    squareA += (x - meanA) ** 2
    squareB += (y - meanB) ** 2
  }
  return product / Math.sqrt(squareA * squareB)
}

export function histogram(values: readonly number[], bins = 24) {
  const valid = values.filter((value) => !Number.isNaN(value))
  const least = valid.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  const largest = valid.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  const center = mean(valid)
  const summary = {
    invalid: values.length - valid.length,
    mean: finite(center),
    standardDeviation: finite(Math.sqrt(mean(valid.map((value) => (value - center) ** 2)))),
  }
  if (valid.length === 0) return { edges: [], counts: [], ...summary }
  const width = (largest - least) / bins || 1
  const count = largest === least ? 1 : bins
  const counts = new Array<number>(count).fill(0)
  for (const value of valid) counts[Math.min(count - 1, Math.floor((value - least) / width))]!++
  return { edges: Array.from({ length: count + 1 }, (_, edge) => least + edge * width), counts, ...summary }
}
