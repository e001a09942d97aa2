/** Every column along the training: mean and the 10 % and 90 % quantile of each bucket. */
import { quantile } from '../../../numerics/quantile.ts'
import type { NumberFrame } from '../../../store/store.ts'
import { decidingSentence, sharesOf } from '../findings/deciding-column.ts'
import { trendSentence } from '../findings/trend.ts'
import type { Series } from '../schemas.ts'
import { type Buckets, bucketsOf } from './buckets.ts'
import { columnKind, inOrder } from './column-kind.ts'
import { histogramOf } from './histogram.ts'

type Point = Series['columns'][number]['points'][number]

/** Mean, 10 % and 90 % quantile (linear, type 7) of a column's valid rows in each bucket; null where none is valid. */
export function pointsOf(values: Float64Array, { at, offsets, rows }: Buckets): Point[] {
  const held = new Float64Array(rows.length)
  return Array.from(at, (position, bucket) => {
    let valid = 0
    let mean = 0
    for (let place = offsets[bucket]!; place < offsets[bucket + 1]!; place++) {
      const value = values[rows[place]!]!
      if (Number.isNaN(value)) continue
      held[valid++] = value
      mean += (value - mean) / valid
    }
    if (valid === 0) return { at: position, mean: null, low: null, high: null, rows: 0 }
    return {
      at: position,
      mean,
      low: quantile(held, 0, valid, 0.1),
      high: quantile(held, 0, valid, 0.9),
      rows: valid,
    }
  })
}

/**
 * The answer of `GET /runs/:run/series`.
 *
 * @param points most points of a column, at most 400
 */
export function seriesOf(frame: NumberFrame, points: number): Series {
  const buckets = bucketsOf(frame, Math.max(1, Math.min(400, points)))
  const { axis } = buckets
  const columns = inOrder(frame.columns.keys()).map((name) => {
    const list = pointsOf(frame.columns.get(name)!, buckets)
    return { name, kind: columnKind(name), finding: trendSentence(name, list, axis), points: list }
  })
  const reward = columns.find(({ name }) => name === 'reward')
  const advantage = frame.columns.get('advantage')
  const advantages = advantage === undefined ? undefined : histogramOf(advantage)
  return {
    axis,
    matching: frame.matching,
    used: frame.sequence.length,
    finding:
      reward === undefined || frame.sequence.length === 0
        ? 'No rows are in this range.'
        : `${reward.finding} ${decidingSentence(sharesOf(frame))}`,
    columns,
    advantages:
      advantages === undefined || advantages.counts.length === 0
        ? null
        : { edges: advantages.edges, counts: advantages.counts },
  }
}
