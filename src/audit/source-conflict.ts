/** How far several sources of preferences pull one reward in the same direction, before anyone mixes them. */

import { minNormPoint } from '../numerics/min-norm-point.ts'
import { headGradients } from '../numerics/more-lambda.ts'
import { GuerdonError } from '../records/error.ts'

export interface SourceConflict {
  readonly sources: readonly string[]
  readonly pairs: Int32Array
  /** cosines of the sources' gradients, row-major; 0 for a source without a gradient */
  readonly cosines: Float64Array
  /** lengths of the gradients */
  readonly lengths: Float64Array
  /** pairs of sources whose cosine is below 0, the strongest conflict first */
  readonly conflicts: readonly { readonly a: string; readonly b: string; readonly cosine: number }[]
  /**
   * length of the shortest vector in the hull of the gradients scaled to length 1, in [0, 1]: 1 when all pull the same
   * way, 0 when no step lowers every source's loss
   */
  readonly agreement: number
}

/**
 * Gradients of each source's Bradley–Terry loss with respect to a linear head, and their cosines: the signature of
 * sources that contradict each other. Without a head they are taken at zero, which is −½ of the mean difference
 * chosen − rejected.
 * Source: paper 43, cosine matrix of the sources' gradients.
 * @param features of both sides, row-major, pairs × width
 * @param names of the sources; `codes` holds one number a pair
 * @throws GuerdonError ARGUMENT_INVALID for fewer than two sources, a source without pairs, or shapes that do not fit
 *
 * @example sourceConflict({ chosen: [1, 0], rejected: [0, 1], width: 1 }, { names: ['a', 'b'], codes: [0, 1] }).cosines // [1, -1, -1, 1]
 */
export function sourceConflict(
  features: {
    readonly chosen: ArrayLike<number>
    readonly rejected: ArrayLike<number>
    readonly width: number
  },
  sources: { readonly names: readonly string[]; readonly codes: ArrayLike<number> },
  head: ArrayLike<number> = new Float64Array(features.width),
): SourceConflict {
  const { names, codes } = sources
  const count = names.length
  if (count < 2)
    throw new GuerdonError('ARGUMENT_INVALID', `${count} sources`, { expected: 'two or more to compare' })
  const { gradients, counts } = headGradients(head, features.chosen, features.rejected, codes, count)
  const empty = counts.indexOf(0)
  if (empty >= 0) throw new GuerdonError('ARGUMENT_INVALID', `the source "${names[empty]}" has no pairs`)
  const lengths = Float64Array.from(gradients, (gradient) => Math.hypot(...gradient))
  const units = gradients.map((gradient, source) =>
    gradient.map((value) => (lengths[source]! > 0 ? value / lengths[source]! : 0)),
  )
  const cosines = new Float64Array(count * count)
  const conflicts: { a: string; b: string; cosine: number }[] = []
  for (let a = 0; a < count; a++)
    for (let b = 0; b < count; b++) {
      let cosine = 0
      for (let k = 0; k < features.width; k++) cosine += units[a]![k]! * units[b]![k]!
      cosines[a * count + b] = cosine
      if (a < b && cosine < 0) conflicts.push({ a: names[a]!, b: names[b]!, cosine })
    }
  conflicts.sort((one, other) => one.cosine - other.cosine)
  const agreement = Math.sqrt(Math.max(0, minNormPoint(units).normSquared))
  return { sources: names, pairs: counts, cosines, lengths, conflicts, agreement }
}
