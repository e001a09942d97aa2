/** The small curves of a run on the first page. */
import type { NumberFrame } from '../../../store/store.ts'
import type { RunSummary } from '../schemas.ts'
import { type Axis, type Buckets, bucketsOf } from './buckets.ts'
import { nullable } from './nullable.ts'
import { stepGroupsOf } from './step-groups.ts'

const POINTS = 60

type Spark = RunSummary['sparks']['reward']

export interface Sparks {
  readonly axis: Axis
  readonly sparks: RunSummary['sparks']
}

/**
 * Curves of at most 60 points.
 *
 * @param heldBack name of the logged column that the reward does not see; null = there is none
 */
export function sparksOf(frame: NumberFrame, heldBack: string | null): Sparks {
  const buckets = bucketsOf(frame, POINTS)
  const none = new Float64Array(frame.sequence.length).fill(Number.NaN)
  const reward = frame.columns.get('reward') ?? none
  const invalid = Float64Array.from(reward, (value) => (Number.isNaN(value) ? 1 : 0))
  return {
    axis: buckets.axis,
    sparks: {
      reward: meansOf(reward, buckets),
      heldBack:
        heldBack === null
          ? null
          : meansOf(frame.columns.get(`logged/${heldBack}`) ?? frame.columns.get(heldBack) ?? none, buckets),
      length: meansOf(frame.columns.get('length') ?? none, buckets),
      invalidShare: meansOf(invalid, buckets),
      groupsWithoutSpread: equalShares(reward, frame, buckets),
    },
  }
}

function meansOf(values: Float64Array, { at, offsets, rows }: Buckets): Spark {
  return Array.from(at, (position, bucket) => {
    let valid = 0
    let mean = 0
    for (let place = offsets[bucket]!; place < offsets[bucket + 1]!; place++) {
      const value = values[rows[place]!]!
      if (!Number.isNaN(value)) mean += (value - mean) / ++valid
    }
    return [position, valid === 0 ? null : nullable(mean)]
  })
}

/** A group counts in the bucket of its first row, once two of its rows are valid. */
function equalShares(reward: Float64Array, frame: NumberFrame, { at, offsets, rows }: Buckets): Spark {
  const { count, of } = stepGroupsOf(frame)
  const least = new Float64Array(count).fill(Number.POSITIVE_INFINITY)
  const largest = new Float64Array(count).fill(Number.NEGATIVE_INFINITY)
  const valid = new Int32Array(count)
  const bucketOf = new Int32Array(count).fill(-1)
  for (let bucket = 0; bucket < at.length; bucket++) {
    for (let place = offsets[bucket]!; place < offsets[bucket + 1]!; place++) {
      const row = rows[place]!
      const group = of[row]!
      if (bucketOf[group] === -1) bucketOf[group] = bucket
      const value = reward[row]!
      if (Number.isNaN(value)) continue
      valid[group]!++
      if (value < least[group]!) least[group] = value
      if (value > largest[group]!) largest[group] = value
    }
  }
  const comparable = new Int32Array(at.length)
  const equal = new Int32Array(at.length)
  for (let group = 0; group < count; group++) {
    if (valid[group]! < 2 || bucketOf[group] === -1) continue
    comparable[bucketOf[group]!]!++
    if (least[group] === largest[group]) equal[bucketOf[group]!]!++
  }
  return Array.from(at, (position, bucket) => [
    position,
    comparable[bucket] === 0 ? null : equal[bucket]! / comparable[bucket]!,
  ])
}
