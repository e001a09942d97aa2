/** Puts a model's rewards on a scale that means something: log-odds, and standard deviations from an average reply. */
import { preferenceMetrics } from '../numerics/preference-metrics.ts'
import { referenceMoments } from '../numerics/standardise-members.ts'
import { temperatureScaling } from '../numerics/temperature-scaling.ts'
import type { Calibration } from './model-file.ts'

export type { Calibration }

/** Differences as they come and turned round, with labels 1 and 0: calibration has no meaning when the first always wins. */
export function bothOrders(differences: Float64Array): {
  readonly differences: Float64Array
  readonly labels: Uint8Array
} {
  const size = differences.length
  const both = new Float64Array(2 * size)
  const labels = new Uint8Array(2 * size)
  for (let pair = 0; pair < size; pair++) {
    both[2 * pair] = differences[pair]!
    both[2 * pair + 1] = -differences[pair]!
    labels[2 * pair] = 1
  }
  return { differences: both, labels }
}

/** r(chosen) − r(rejected) of the pairs that are no ties. */
export function untiedDifferences(
  chosen: Float64Array,
  rejected: Float64Array,
  tie?: ArrayLike<number>,
): Float64Array {
  const differences = new Float64Array(chosen.length)
  let count = 0
  for (let pair = 0; pair < chosen.length; pair++)
    if (tie?.[pair] !== 1) differences[count++] = chosen[pair]! - rejected[pair]!
  return differences.subarray(0, count)
}

/**
 * The temperature T that minimises the mean of −log σ(Δ/T) over pairs (golden section on ln T ∈ [−4, 4]), and mean and
 * standard deviation (÷ n) of the rewards of both sides. Ties count for mean and deviation alone. Without untied pairs
 * T is 1; where every pair is right, T would fall without end and stays 1 as well: such few pairs calibrate nothing.
 *
 * @param chosen rewards of the preferred completions
 * @example calibrate(Float64Array.of(1, 2, 0), Float64Array.of(0, 1, 1)).pairs // 3
 */
export function calibrate(
  chosen: Float64Array,
  rejected: Float64Array,
  tie?: ArrayLike<number>,
): Calibration {
  const rewards = new Float64Array(chosen.length + rejected.length)
  rewards.set(chosen)
  rewards.set(rejected, chosen.length)
  const { mean, standardDeviation } =
    rewards.length === 0 ? { mean: 0, standardDeviation: 1 } : referenceMoments(rewards)
  const moments = { mean, standardDeviation: standardDeviation > 0 ? standardDeviation : 1 }
  const differences = untiedDifferences(chosen, rejected, tie)
  const unknown = { logLossBefore: null, logLossAfter: null, eceBefore: null, eceAfter: null }
  if (differences.length === 0) return { temperature: 1, ...moments, ...unknown, pairs: 0 }
  const found = temperatureScaling(differences)
  const temperature = found.atBound ? 1 : found.temperature
  const both = bothOrders(differences)
  const before = preferenceMetrics(both.differences, both.labels)
  const after = preferenceMetrics(
    both.differences.map((difference) => difference / temperature),
    both.labels,
  )
  return {
    temperature,
    ...moments,
    logLossBefore: before.logLoss,
    logLossAfter: after.logLoss,
    eceBefore: before.expectedCalibrationError,
    eceAfter: after.expectedCalibrationError,
    pairs: differences.length,
  }
}
