/** Histograms whose edges a person would have chosen. */
import type { Histogram } from '../schemas.ts'
import { nullable } from './nullable.ts'

/** Whole numbers get a bar each up to so many bars. */
const MOST_WHOLE = 60
const WANTED_BARS = 30

/**
 * Counts a column's valid numbers.
 *
 * Edges: a constant has one bar around it; whole numbers (0/1 columns among them) have a bar each, centred on them,
 * while they span at most 60; everything else has edges at multiples of 1, 2 or 5 times a power of ten. A bar holds
 * its left edge, the last one its right edge too, so that the counts sum to the valid rows.
 *
 * @param values NaN = invalid, counted as such
 */
export function histogramOf(values: Float64Array): Histogram {
  let valid = 0
  let mean = 0
  let squares = 0
  let least = Number.POSITIVE_INFINITY
  let largest = Number.NEGATIVE_INFINITY
  let isWhole = true
  for (const value of values) {
    if (Number.isNaN(value)) continue
    valid++
    const gap = value - mean
    mean += gap / valid
    squares += gap * (value - mean)
    if (value < least) least = value
    if (value > largest) largest = value
    if (isWhole && !Number.isSafeInteger(value)) isWhole = false
  }
  const invalid = values.length - valid
  if (valid === 0) return { edges: [], counts: [], invalid, mean: null, standardDeviation: null }
  const edges = edgesOf(least, largest, isWhole)
  return {
    edges,
    counts: countsOf(values, edges),
    invalid,
    mean: nullable(least === largest ? least : mean),
    standardDeviation: valid < 2 ? null : nullable(least === largest ? 0 : Math.sqrt(squares / (valid - 1))),
  }
}

function edgesOf(least: number, largest: number, isWhole: boolean): number[] {
  const span = largest - least
  if (span === 0) {
    const half = isWhole ? 0.5 : Math.abs(least) / 20
    // Very large whole numbers have no room for halves around them.
    return least - half < least && least < least + half ? [least - half, least + half] : [least, least]
  }
  if (isWhole && span <= MOST_WHOLE)
    return Array.from({ length: span + 2 }, (_, index) => least - 0.5 + index)
  if (!Number.isFinite(span)) return [least, largest]
  const step = niceStep(span / WANTED_BARS, isWhole)
  const first = Math.floor(least / step)
  const bars = Math.floor(largest / step) - first + 1
  const edges = Array.from({ length: bars + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  )
  // Numbers so close together, or so far apart, that doubles have no edges between them share one bar.
  const isRising = edges.every((edge, index) => index === 0 || edge > edges[index - 1]!)
  const isAround = edges[0]! <= least && edges.at(-1)! >= largest && edges.every(Number.isFinite)
  if (!isRising || !isAround) return [least, largest]
  // A largest value on an edge belongs to the bar that ends there.
  if (bars > 1 && edges[bars - 1] === largest) edges.pop()
  return edges
}

/** The next of 1, 2, 5 × 10^k at or above a width. */
function niceStep(width: number, isWhole: boolean): number {
  const power = 10 ** Math.floor(Math.log10(width))
  const digit = width / power
  const step = (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10) * power
  return isWhole ? Math.max(1, step) : step
}

function countsOf(values: Float64Array, edges: readonly number[]): number[] {
  const bars = edges.length - 1
  const counts = new Array<number>(bars).fill(0)
  const first = edges[0]!
  const width = (edges[bars]! - first) / bars
  for (const value of values) {
    if (Number.isNaN(value)) continue
    let bar = bars === 1 ? 0 : Math.min(bars - 1, Math.max(0, Math.floor((value - first) / width)))
    while (bar > 0 && value < edges[bar]!) bar--
    while (bar < bars - 1 && value >= edges[bar + 1]!) bar++
    counts[bar]!++
  }
  return counts
}
