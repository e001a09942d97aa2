/** How well a model judges pairs that it was not trained on: overall, by length, by source and by user. */
import { preferenceMetrics } from '../numerics/preference-metrics.ts'
import { wilsonInterval } from '../numerics/wilson-interval.ts'
import { bothOrders } from './calibrate.ts'
import type { Categories, EncodedPairs } from './encoded-pairs.ts'

export interface SliceQuality {
  readonly name: string
  readonly pairs: number
  /** a difference of 0 counts ½ */
  readonly accuracy: number
  /** 95 %, Wilson */
  readonly interval: readonly [number, number]
}

export interface PairQuality {
  readonly pairs: number
  readonly ties: number
  /** null when there are no pairs with a preference */
  readonly accuracy: number | null
  readonly interval: readonly [number, number] | null
  /** of p = σ(Δ/T), the calibrated difference, in nats */
  readonly logLoss: number | null
  readonly brier: number | null
  readonly ece: number | null
  /** share of pairs in which the longer completion (in words) is the preferred one: what length alone achieves */
  readonly longerPreferred: number | null
  readonly byLength: readonly SliceQuality[]
  readonly bySource: readonly SliceQuality[]
  readonly byUser: readonly SliceQuality[]
}

/** Slices that are listed; the largest first. */
const MOST_SLICES = 20

function slice(name: string, differences: ArrayLike<number>, rows: readonly number[]): SliceQuality {
  let right = 0
  for (const row of rows) right += differences[row]! > 0 ? 1 : differences[row] === 0 ? 0.5 : 0
  return {
    name,
    pairs: rows.length,
    accuracy: right / rows.length,
    interval: wilsonInterval(right, rows.length),
  }
}

function slices(
  { codes, names }: Categories,
  differences: ArrayLike<number>,
  rows: readonly number[],
): SliceQuality[] {
  if (names.length < 2) return []
  const of = new Map<number, number[]>()
  for (const row of rows) {
    const code = codes[row]!
    if (code === -1) continue
    const list = of.get(code)
    if (list === undefined) of.set(code, [row])
    else list.push(row)
  }
  return [...of]
    .map(([code, list]) => slice(names[code]!, differences, list))
    .sort((a, b) => b.pairs - a.pairs || (a.name < b.name ? -1 : 1))
    .slice(0, MOST_SLICES)
}

/**
 * Accuracy with its interval, log-loss, Brier score and calibration error (10 bins, pairs counted in both orders) of
 * rewards on pairs; ties are counted and left out.
 * @param temperature the calibration's: probabilities are σ(Δ/T)
 */
export function pairQualityOf(
  pairs: Pick<EncodedPairs, 'tie' | 'chosenLength' | 'rejectedLength' | 'sources' | 'users'>,
  chosen: Float64Array,
  rejected: Float64Array,
  temperature: number,
): PairQuality {
  const rows = Array.from({ length: chosen.length }, (_, row) => row).filter((row) => pairs.tie[row] !== 1)
  const ties = chosen.length - rows.length
  if (rows.length === 0) {
    return {
      pairs: 0,
      ties,
      accuracy: null,
      interval: null,
      logLoss: null,
      brier: null,
      ece: null,
      longerPreferred: null,
      byLength: [],
      bySource: [],
      byUser: [],
    }
  }
  const differences = chosen.map((reward, row) => reward - rejected[row]!)
  const all = slice('all', differences, rows)
  const both = bothOrders(Float64Array.from(rows, (row) => differences[row]! / temperature))
  const metrics = preferenceMetrics(both.differences, both.labels)
  const longer = (row: number): number => pairs.chosenLength[row]! - pairs.rejectedLength[row]!
  const lengths = [
    ['chosen is longer', rows.filter((row) => longer(row) > 0)],
    ['equally long', rows.filter((row) => longer(row) === 0)],
    ['chosen is shorter', rows.filter((row) => longer(row) < 0)],
  ] as const
  const longerPreferred = (lengths[0][1].length + lengths[1][1].length / 2) / rows.length
  return {
    pairs: rows.length,
    ties,
    accuracy: all.accuracy,
    interval: all.interval,
    logLoss: metrics.logLoss,
    brier: metrics.brier,
    ece: metrics.expectedCalibrationError,
    longerPreferred,
    byLength: lengths
      .filter(([, list]) => list.length > 0)
      .map(([name, list]) => slice(name, differences, list)),
    bySource: slices(pairs.sources, differences, rows),
    byUser: slices(pairs.users, differences, rows),
  }
}
