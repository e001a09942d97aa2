/** One sentence about how a column moved along the training. */
import type { Axis } from '../aggregates/buckets.ts'
import type { Series } from '../schemas.ts'
import { beside, grouped, inWords, named } from './words.ts'

type Point = Series['columns'][number]['points'][number]

/** Below these many valid rows a mean says little. */
const FEWEST_ROWS = 50
const FEWEST_POINTS = 5
/** how many standard errors apart the first and the last fifth must be to be called different */
const STANDARD_ERRORS = 3

/**
 * Compares the first fifth of the points with the last one. They differ when their means are more than three standard
 * errors apart, where the error comes from the jumps between neighbouring points (which a trend leaves small), and
 * the difference is more than a twentieth of the usual spread of the rows (the distance from 10 % to 90 %).
 *
 * @example trendSentence('correct', [0, 1, 2, 3, 4, 5, 6, 7].map((at) => ({ at, mean: 0.2 + 0.05 * at, low: 0, high: 1, rows: 64 })), 'step') // '`correct` rose from 0.2 to 0.55 over steps 0–7.'
 */
export function trendSentence(name: string, points: readonly Point[], axis: Axis): string {
  const filled = points.filter((point) => point.mean !== null)
  const rows = filled.reduce((sum, point) => sum + point.rows, 0)
  if (rows === 0) return `${named(name)} has no valid number in this range.`
  const range = rangeOf(filled, axis)
  const spread = filled.reduce((sum, point) => sum + (point.high! - point.low!), 0) / filled.length
  const all = beside(meanOf(filled), spread)
  if (rows < FEWEST_ROWS || filled.length < FEWEST_POINTS) {
    const count = `${grouped(rows)} valid ${rows === 1 ? 'row' : 'rows'}`
    return `${named(name)} averages ${inWords(all)} over ${count} at ${range}: too little to show a trend.`
  }
  const fifth = Math.max(1, Math.floor(filled.length / 5))
  const early = beside(meanOf(filled.slice(0, fifth)), spread)
  const late = beside(meanOf(filled.slice(-fifth)), spread)
  const change = Math.abs(late - early)
  if (change === 0 && spread === 0 && jumpOf(filled) === 0)
    return `${named(name)} is ${inWords(all)} throughout ${range}.`
  const isMove = change > STANDARD_ERRORS * jumpOf(filled) * Math.sqrt(2 / fifth) && change > spread / 20
  if (!isMove) return `${named(name)} stayed near ${inWords(all)} over ${range}.`
  return `${named(name)} ${late > early ? 'rose' : 'fell'} from ${inWords(early)} to ${inWords(late)} over ${range}.`
}

function meanOf(points: readonly Point[]): number {
  let rows = 0
  let mean = 0
  for (const point of points) {
    rows += point.rows
    mean += ((point.mean! - mean) * point.rows) / rows
  }
  return mean
}

/** Standard deviation of a point around the trend, from the differences of neighbours (von Neumann). */
function jumpOf(points: readonly Point[]): number {
  let sum = 0
  for (let index = 1; index < points.length; index++)
    sum += (points[index]!.mean! - points[index - 1]!.mean!) ** 2
  return Math.sqrt(sum / (2 * (points.length - 1)))
}

function rangeOf(points: readonly Point[], axis: Axis): string {
  const first = grouped(Math.round(points[0]!.at))
  const last = grouped(Math.round(points.at(-1)!.at))
  return first === last ? `${axis} ${first}` : `${axis}s ${first}–${last}`
}
