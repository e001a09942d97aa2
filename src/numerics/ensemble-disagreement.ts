/** Whether the answers a reward picks are those its ensemble disagrees on. */

export interface EnsembleDisagreement {
  readonly meanStd: number
  readonly pickedStd: number
  /** picked to all; null when the members agree everywhere or nothing was picked */
  readonly ratio: number | null
  /** standard deviation over the members, a rollout each */
  readonly deviations: Float64Array
}

function standardised(values: Float64Array): Float64Array {
  let mean = 0
  for (let row = 0; row < values.length; row++) mean += values[row]! / values.length
  let squares = 0
  for (let row = 0; row < values.length; row++) squares += (values[row]! - mean) ** 2
  const deviation = Math.sqrt(squares / (values.length - 1))
  return values.map((value) => (deviation > 0 ? (value - mean) / deviation : 0))
}

/**
 * Members are z-scored over all rollouts (n − 1), disagreement of a rollout is their standard deviation (n − 1), and
 * the ratio compares the picked rollouts with all. At least two members and two rollouts. Source: card 17.
 *
 * @example ensembleDisagreement([Float64Array.of(0, 1), Float64Array.of(0, 1)], [1]).meanStd // 0
 */
export function ensembleDisagreement(
  members: readonly Float64Array[],
  picked: ArrayLike<number>,
): EnsembleDisagreement {
  const scores = members.map(standardised)
  const size = scores[0]?.length ?? 0
  const deviations = new Float64Array(size)
  let sum = 0
  for (let row = 0; row < size; row++) {
    let mean = 0
    for (const member of scores) mean += member[row]! / scores.length
    let squares = 0
    for (const member of scores) squares += (member[row]! - mean) ** 2
    deviations[row] = Math.sqrt(squares / (scores.length - 1))
    sum += deviations[row]!
  }
  let pickedSum = 0
  for (let index = 0; index < picked.length; index++) pickedSum += deviations[picked[index]!]!
  const meanStd = sum / size
  const pickedStd = pickedSum / picked.length
  return {
    meanStd,
    pickedStd,
    ratio: meanStd > 0 && picked.length > 0 ? pickedStd / meanStd : null,
    deviations,
  }
}
