/** Cuts the rows of a frame into buckets along the training: by step, or by place in the run when rows name no steps. */
import type { NumberFrame } from '../../../store/store.ts'

export type Axis = 'step' | 'row'

export interface Buckets {
  readonly axis: Axis
  /** mean position of each bucket's rows, rising */
  readonly at: Float64Array
  /** bucket b holds `rows[offsets[b]] … rows[offsets[b + 1] − 1]`, in row order */
  readonly offsets: Int32Array
  readonly rows: Int32Array
}

/** Fewer rows than these make a point that says nothing when every row is a position of its own. */
const ROWS_A_POINT = 16

/** `step` when at least half of the rows name one; the others then lie on no position. */
export function axisOf({ step }: Pick<NumberFrame, 'step'>): Axis {
  let named = 0
  for (const value of step) if (!Number.isNaN(value)) named++
  return named > 0 && 2 * named >= step.length ? 'step' : 'row'
}

/**
 * At most `points` buckets: one for each step when there are few enough, else stretches of equal width; empty ones
 * are left out. Rows without a position are in none.
 */
export function bucketsOf(frame: Pick<NumberFrame, 'sequence' | 'step'>, points: number): Buckets {
  const axis = axisOf(frame)
  const position = axis === 'step' ? frame.step : frame.sequence
  const limit = axis === 'step' ? points : Math.min(points, Math.ceil(position.length / ROWS_A_POINT))
  const numberOf = numbering(position, Math.max(1, limit))
  const of = new Int32Array(position.length)
  let largest = -1
  for (let row = 0; row < position.length; row++) {
    const value = position[row]!
    const bucket = Number.isNaN(value) ? -1 : numberOf(value)
    of[row] = bucket
    if (bucket > largest) largest = bucket
  }
  return collect(axis, position, of, largest + 1)
}

function numbering(position: Float64Array, limit: number): (value: number) => number {
  const distinct = new Set<number>()
  let least = Number.POSITIVE_INFINITY
  let largest = Number.NEGATIVE_INFINITY
  for (const value of position) {
    if (Number.isNaN(value)) continue
    if (distinct.size <= limit) distinct.add(value)
    if (value < least) least = value
    if (value > largest) largest = value
  }
  if (distinct.size <= limit) {
    const places = new Map([...distinct].sort((a, b) => a - b).map((value, place) => [value, place]))
    return (value) => places.get(value)!
  }
  const width = largest / limit - least / limit
  return (value) => Math.min(limit - 1, Math.max(0, Math.floor(value / width - least / width)))
}

function collect(axis: Axis, position: Float64Array, of: Int32Array, count: number): Buckets {
  const sizes = new Int32Array(count)
  for (const bucket of of) if (bucket >= 0) sizes[bucket]!++
  const places = new Int32Array(count)
  let filled = 0
  for (let bucket = 0; bucket < count; bucket++) places[bucket] = sizes[bucket]! > 0 ? filled++ : -1
  const offsets = new Int32Array(filled + 1)
  for (let bucket = 0; bucket < count; bucket++)
    if (sizes[bucket]! > 0) offsets[places[bucket]! + 1] = sizes[bucket]!
  for (let place = 0; place < filled; place++) offsets[place + 1]! += offsets[place]!
  const next = offsets.slice(0, filled)
  const rows = new Int32Array(offsets[filled]!)
  const at = new Float64Array(filled)
  for (let row = 0; row < of.length; row++) {
    if (of[row]! < 0) continue
    const place = places[of[row]!]!
    rows[next[place]!] = row
    next[place]!++
    at[place]! += position[row]! / (offsets[place + 1]! - offsets[place]!)
  }
  // A bucket of equal positions has exactly that position, whatever rounding made of the mean.
  for (let place = 0; place < filled; place++) {
    const first = position[rows[offsets[place]!]!]!
    if (
      position[rows[offsets[place + 1]! - 1]!] === first &&
      Math.abs(at[place]! - first) < 1e-9 * Math.abs(first)
    )
      at[place] = first
  }
  return { axis, at, offsets, rows }
}
