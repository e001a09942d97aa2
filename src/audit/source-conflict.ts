/**
 * Do sources of preferences pull a reward in different directions? Cosines between the gradients of a linear reward
 * head, before anyone mixes the data. Source: paper 43 (its per-step gradients, taken over whole sources).
 */
import { headGradients } from '../numerics/more-lambda.ts'

export interface SourceConflict {
  /** sources × sources; NaN for a source without a gradient */
  readonly cosine: Float64Array
  /** length of each source's gradient: small where it is fitted already */
  readonly norm: Float64Array
  /** mean −log σ of each source under the head */
  readonly loss: Float64Array
  /** the two sources that disagree most, if any pair has a cosine below 0 */
  readonly worst: readonly [number, number] | null
}

/**
 * @param head [width]; zeros show what an untrained head would be told
 * @param chosen features, row-major, pairs × width
 * @param rejected features, row-major, pairs × width
 * @param sources the source of each pair, 0 to count − 1
 * @throws GuerdonError ARGUMENT_INVALID for lengths that do not fit or a source out of range
 * @example sourceConflict([0], [1, -1], [0, 0], [0, 1], 2).worst // [0, 1]
 */
export function sourceConflict(
  head: ArrayLike<number>,
  chosen: ArrayLike<number>,
  rejected: ArrayLike<number>,
  sources: ArrayLike<number>,
  count: number,
): SourceConflict {
  const { gradients, losses } = headGradients(head, chosen, rejected, sources, count)
  const norm = Float64Array.from(gradients, (gradient) => Math.hypot(...gradient))
  const cosine = new Float64Array(count * count)
  let worst: readonly [number, number] | null = null
  let least = 0
  for (let a = 0; a < count; a++)
    for (let b = 0; b < count; b++) {
      let sum = 0
      for (let k = 0; k < head.length; k++) sum += gradients[a]![k]! * gradients[b]![k]!
      const value = norm[a]! > 0 && norm[b]! > 0 ? sum / (norm[a]! * norm[b]!) : Number.NaN
      cosine[a * count + b] = value
      if (a < b && value < least) {
        least = value
        worst = [a, b]
      }
    }
  return { cosine, norm, loss: losses, worst }
}
