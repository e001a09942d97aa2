/**
 * Weights of several sources of preferences whose joint step lowers all their losses: from the gradients of a linear
 * reward head, which stand for those of the whole model.
 * Source: paper 43, MORE `trainer.py:compute_lambda` and `compute_lambda_noresampling`.
 */
import { GuerdonError } from '../records/error.ts'
import { type GradientNormaliser, normaliseGradients } from './gradient-normaliser.ts'
import { minNormPoint } from './min-norm-point.ts'
import { minNormWeights } from './min-norm-weights.ts'
import { sigmoid, softplus } from './sigmoid.ts'

export interface HeadGradients {
  /** one row a source: ∂/∂head of its mean loss; zeros for a source without pairs */
  readonly gradients: readonly Float64Array[]
  /** mean −log σ(Δ) a source; 0 without pairs */
  readonly losses: Float64Array
  /** pairs a source */
  readonly counts: Int32Array
}

/**
 * Gradients of each source's Bradley–Terry loss with respect to a head without bias: the mean over its pairs of
 * −σ(−Δ)·(h_chosen − h_rejected), Δ = head·(h_chosen − h_rejected).
 *
 * @param head [width]
 * @param chosen features, row-major, [pairs · width]
 * @param rejected features, row-major, [pairs · width]
 * @param sources the source of each pair, 0 to count − 1
 * @throws GuerdonError ARGUMENT_INVALID for lengths that do not fit or a source out of range
 */
export function headGradients(
  head: ArrayLike<number>,
  chosen: ArrayLike<number>,
  rejected: ArrayLike<number>,
  sources: ArrayLike<number>,
  count: number,
): HeadGradients {
  const width = head.length
  if (chosen.length !== sources.length * width || rejected.length !== chosen.length)
    throw new GuerdonError('ARGUMENT_INVALID', 'features do not fit the head and the number of pairs', {
      found: `${chosen.length} and ${rejected.length}`,
      expected: `${sources.length} pairs of ${width}`,
    })
  const gradients = Array.from({ length: count }, () => new Float64Array(width))
  const losses = new Float64Array(count)
  const counts = new Int32Array(count)
  for (let pair = 0; pair < sources.length; pair++) {
    const source = sources[pair]!
    const gradient = gradients[source]
    if (gradient === undefined)
      throw new GuerdonError('ARGUMENT_INVALID', `pair ${pair} belongs to no source`, {
        found: source,
        expected: `0 to ${count - 1}`,
      })
    const at = pair * width
    let gap = 0
    for (let k = 0; k < width; k++) gap += head[k]! * (chosen[at + k]! - rejected[at + k]!)
    const pull = -sigmoid(-gap)
    for (let k = 0; k < width; k++) gradient[k]! += pull * (chosen[at + k]! - rejected[at + k]!)
    losses[source]! += softplus(-gap)
    counts[source]!++
  }
  gradients.forEach((gradient, source) => {
    const pairs = Math.max(1, counts[source]!)
    for (let k = 0; k < width; k++) gradient[k]! /= pairs
    losses[source]! /= pairs
  })
  return { gradients, losses, counts }
}

export interface MoreOptions {
  /** share of the new gradient in the momentum; the authors' 0.99 is almost no memory */
  readonly alpha?: number
  readonly normalise?: GradientNormaliser
  /** the authors' solver, which stops early and keeps weights off 0, or the optimum */
  readonly solver?: 'as-published' | 'exact'
}

export interface MoreLambda {
  /** one row a source; hand it to the next step */
  readonly momentum: readonly Float64Array[]
  /** λ, one a source, sum 1; 0 for sources without pairs */
  readonly weights: Float64Array
}

/**
 * One step's weights: momentum m ← (1 − α)·m + α·g of the sources that are present, divided by their scales, then
 * the weights of the shortest vector in their convex hull. One source present gets weight 1, none gives zeros.
 *
 * @param momentum of the step before; undefined starts from zeros
 * @throws GuerdonError ARGUMENT_INVALID when the momentum has another number of sources
 */
export function moreLambda(
  { gradients, losses, counts }: HeadGradients,
  momentum: readonly ArrayLike<number>[] | undefined,
  { alpha = 0.99, normalise = 'l2', solver = 'as-published' }: MoreOptions = {},
): MoreLambda {
  if (momentum !== undefined && momentum.length !== gradients.length)
    throw new GuerdonError('ARGUMENT_INVALID', `momentum of ${momentum.length} sources`, {
      expected: `${gradients.length}`,
    })
  const next = gradients.map((gradient, source) => {
    const before = momentum?.[source]
    return Float64Array.from(gradient, (value, k) =>
      counts[source] === 0 ? (before?.[k] ?? 0) : (1 - alpha) * (before?.[k] ?? 0) + alpha * value,
    )
  })
  const present = Array.from(gradients.keys()).filter((source) => counts[source]! > 0)
  const weights = new Float64Array(gradients.length)
  if (present.length > 0) {
    const scaled = normaliseGradients(
      present.map((source) => next[source]!),
      present.map((source) => losses[source]!),
      normalise,
    )
    const found = (solver === 'exact' ? minNormPoint : minNormWeights)(scaled).weights
    present.forEach((source, place) => {
      weights[source] = found[place]!
    })
  }
  return { momentum: next, weights }
}
