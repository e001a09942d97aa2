/** How a column changes over training: first steps against last steps, with groups as the unit. */
import { studentTwoSided } from '../numerics/incomplete-beta.ts'
import type { AuditTable } from './audit-table.ts'

/** Fewer steps than this show no trend. */
export const LEAST_STEPS = 5

/** First and last quarter of the steps, at least two: places 0 … early − 1 and late … steps − 1. */
export function spans(table: AuditTable): { readonly early: number; readonly late: number } | null {
  const steps = table.steps.length
  if (steps < LEAST_STEPS) return null
  const width = Math.max(2, Math.round(steps / 4))
  return { early: width, late: steps - width }
}

export interface StepMeans {
  /** mean over the groups of a step of the groups' means; NaN for a step without values */
  readonly mean: Float64Array
  /** standard error of that mean, floored where all groups agree */
  readonly error: Float64Array
  readonly groups: Int32Array
}

/** Mean of each group over its known values; NaN without any. */
export function groupMeans(table: AuditTable, values: Float64Array): Float64Array {
  const sums = new Float64Array(table.groups.count)
  const counts = new Int32Array(table.groups.count)
  for (let row = 0; row < table.size; row++) {
    const value = values[row]!
    if (Number.isNaN(value)) continue
    sums[table.groups.of[row]!]! += value
    counts[table.groups.of[row]!]!++
  }
  return sums.map((sum, group) => (counts[group] === 0 ? Number.NaN : sum / counts[group]!))
}

/** Mean and standard error of every step, groups being the unit. */
export function stepMeans(table: AuditTable, values: Float64Array): StepMeans {
  const means = groupMeans(table, values)
  const steps = table.steps.length
  const groups = new Int32Array(steps)
  const mean = new Float64Array(steps)
  const squares = new Float64Array(steps)
  for (let group = 0; group < means.length; group++) {
    const step = table.stepOfGroup[group]!
    if (step === -1 || Number.isNaN(means[group]!)) continue
    groups[step]!++
    const gap = means[group]! - mean[step]!
    mean[step]! += gap / groups[step]!
    squares[step]! += gap * (means[group]! - mean[step]!)
  }
  let pooled = 0
  let degrees = 0
  for (let step = 0; step < steps; step++) {
    pooled += squares[step]!
    degrees += Math.max(0, groups[step]! - 1)
  }
  const floor = degrees > 0 ? pooled / degrees : 0
  const error = new Float64Array(steps)
  for (let step = 0; step < steps; step++) {
    if (groups[step] === 0) mean[step] = Number.NaN
    // A step whose groups happen to agree is not known without error: a quarter of the usual variance is its floor.
    const variance = groups[step]! > 1 ? squares[step]! / (groups[step]! - 1) : floor
    error[step] = Math.sqrt(Math.max(variance, floor / 4) / Math.max(1, groups[step]!))
  }
  return { mean, error, groups }
}

export interface Change {
  readonly early: number
  readonly late: number
  readonly change: number
  readonly error: number
  /** change / error */
  readonly t: number
  /** two-sided, Student with the degrees of both spans */
  readonly p: number
  /** change in standard deviations of single rollouts around their step's mean */
  readonly effect: number
  /** standard error of `effect` */
  readonly effectError: number
}

/** Standard deviation of the known values around the mean of their step. */
export function spreadInSteps(table: AuditTable, values: Float64Array): number {
  const { mean } = stepMeans(table, values)
  let squares = 0
  let count = 0
  for (let row = 0; row < table.size; row++) {
    const value = values[row]!
    const step = table.stepOfGroup[table.groups.of[row]!]!
    if (Number.isNaN(value) || step === -1) continue
    squares += (value - mean[step]!) ** 2
    count++
  }
  return count > 1 ? Math.sqrt(squares / (count - 1)) : 0
}

/**
 * Change of a column between two spans of steps (places from … to − 1): means over groups, Welch's error.
 * Null when a span has fewer than two groups with values, or nothing varies.
 */
export function changeBetween(
  table: AuditTable,
  values: Float64Array,
  first: readonly [number, number],
  second: readonly [number, number],
): Change | null {
  const means = groupMeans(table, values)
  const sides = [first, second].map(([from, to]) => {
    let count = 0
    let mean = 0
    let squares = 0
    for (let group = 0; group < means.length; group++) {
      const step = table.stepOfGroup[group]!
      if (step < from || step >= to || step === -1 || Number.isNaN(means[group]!)) continue
      count++
      const gap = means[group]! - mean
      mean += gap / count
      squares += gap * (means[group]! - mean)
    }
    return { count, mean, squares }
  })
  const [early, late] = sides as [(typeof sides)[0], (typeof sides)[0]]
  if (early.count < 2 || late.count < 2) return null
  const variance = (side: typeof early): number => side.squares / (side.count - 1)
  const floor = (variance(early) + variance(late)) / 8
  const error = Math.sqrt(
    Math.max(variance(early), floor) / early.count + Math.max(variance(late), floor) / late.count,
  )
  const spread = spreadInSteps(table, values)
  if (!(error > 0) || !(spread > 0)) return null
  const change = late.mean - early.mean
  const t = change / error
  return {
    early: early.mean,
    late: late.mean,
    change,
    error,
    t,
    p: studentTwoSided(t, early.count + late.count - 2),
    effect: change / spread,
    effectError: error / spread,
  }
}

/** Change from the first to the last quarter of training; null with fewer than five steps. */
export function changeOverTraining(table: AuditTable, values: Float64Array): Change | null {
  const span = spans(table)
  return span === null ? null : changeBetween(table, values, [0, span.early], [span.late, table.steps.length])
}
