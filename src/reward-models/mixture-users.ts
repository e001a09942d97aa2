/** Users of a mixture of rewards: what their labelled pairs say about which heads are theirs. */
import type { Parameters } from '../engine/host-tensor.ts'
import { rowsOf } from '../engine/sessions/fill.ts'
import { softplus } from '../numerics/sigmoid.ts'
import { GuerdonError } from '../records/error.ts'
import type { EncodedPairs } from './encoded-pairs.ts'
import type { UserVectors } from './recipe.ts'

const CHUNK = 1024

/** Calls back with each head's r(chosen) − r(rejected), pair by pair. */
function eachMargin(
  weights: Parameters,
  pairs: EncodedPairs,
  visit: (pair: number, margins: Float64Array) => void,
): void {
  const matrix = weights['heads.weight']
  if (matrix === undefined || matrix.shape[1] !== pairs.width)
    throw new GuerdonError('ARGUMENT_INVALID', 'the pairs do not fit the mixture', {
      expected:
        matrix === undefined ? 'the weights of a mixture' : `embeddings of ${matrix.shape[1]} numbers`,
      found: pairs.width,
    })
  const [heads, width] = [matrix.shape[0]!, matrix.shape[1]!]
  const margins = new Float64Array(heads)
  for (let from = 0; from < pairs.count; from += CHUNK) {
    const rows = Int32Array.from({ length: Math.min(CHUNK, pairs.count - from) }, (_, index) => from + index)
    const chosen = rowsOf(pairs.chosen, rows, 'chosen').values
    const rejected = rowsOf(pairs.rejected, rows, 'rejected').values
    for (let index = 0; index < rows.length; index++) {
      const at = index * width
      for (let head = 0; head < heads; head++) {
        let margin = 0
        for (let column = 0; column < width; column++)
          margin += matrix.values[head * width + column]! * (chosen[at + column]! - rejected[at + column]!)
        margins[head] = margin
      }
      visit(from + index, margins)
    }
  }
}

/** Moves a row of logits so that its largest entry is 0: the same weights, and no growth without end. */
function settle(logits: Float32Array | Float64Array, from: number, heads: number): void {
  let top = Number.NEGATIVE_INFINITY
  for (let head = 0; head < heads; head++) top = Math.max(top, logits[from + head]!)
  for (let head = 0; head < heads; head++) logits[from + head]! -= top
}

/**
 * A user's vector from their labelled pairs: −η·Σ ℓ_k, ℓ_k = −log σ(Δ_k), shifted so that the largest entry is 0. Scoring
 * adds it to the router's logits, so that w_k ∝ π_k(prompt)·Π σ(Δ_k)^η: Hedge started at the router's weights, and
 * Bayes' posterior with η = 1. No pairs give zeros, the vector of an unknown user.
 * Source: paper 45, stage 2.
 * @param weights of a trained mixture
 * @returns logits, one a head
 * @throws GuerdonError ARGUMENT_INVALID for weights of another recipe, another width, or η below 0
 */
export function adaptMixture(weights: Parameters, pairs: EncodedPairs, eta = 1): Float32Array {
  if (!(eta >= 0 && eta < Number.POSITIVE_INFINITY))
    throw new GuerdonError('ARGUMENT_INVALID', 'the rate of Hedge is out of range', { found: eta })
  const heads = weights['heads.weight']?.shape[0] ?? 0
  const logits = new Float64Array(heads)
  eachMargin(weights, pairs, (pair, margins) => {
    if (pairs.tie[pair] === 1) return
    for (let head = 0; head < heads; head++) logits[head]! -= eta * softplus(-margins[head]!)
  })
  settle(logits, 0, heads)
  return Float32Array.from(logits)
}

/**
 * The vectors of all users that the pairs name, each from the user's own pairs as in `adaptMixture`.
 * @returns undefined when the pairs name no users
 * @throws GuerdonError ARGUMENT_INVALID as `adaptMixture` does
 */
export function mixtureUsers(weights: Parameters, pairs: EncodedPairs, eta = 1): UserVectors | undefined {
  const { names, codes } = pairs.users
  if (names.length === 0) return undefined
  const width = weights['heads.weight']?.shape[0] ?? 0
  const logits = new Float64Array(names.length * width)
  eachMargin(weights, pairs, (pair, margins) => {
    const user = codes[pair]!
    if (user < 0 || pairs.tie[pair] === 1) return
    for (let head = 0; head < width; head++) logits[user * width + head]! -= eta * softplus(-margins[head]!)
  })
  for (let user = 0; user < names.length; user++) settle(logits, user * width, width)
  return { names, vectors: Float32Array.from(logits), width, unknown: new Float32Array(width) }
}
