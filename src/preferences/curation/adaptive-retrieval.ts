/** The most similar pairs by their embeddings: which unlabelled ones to label next, which labelled ones to show. */
import { GuerdonError } from '../../records/error.ts'
import { adaptiveK } from './adaptive-k.ts'

export interface Neighbours {
  /** positions in the pool, the most similar first; equal similarities by the lower position */
  readonly indices: Int32Array
  /** their cosine similarities, in [−1, 1] */
  readonly similarity: Float64Array
}

/** Vectors of one length, divided by their norms, row after row. */
export interface UnitVectors {
  readonly size: number
  readonly dimension: number
  readonly values: Float64Array
}

/**
 * Scales vectors to length 1 for `nearest`.
 *
 * @throws GuerdonError ARGUMENT_INVALID for vectors of unequal length, without a direction (all zeros) or not finite
 */
export function unitVectors(vectors: readonly ArrayLike<number>[]): UnitVectors {
  const dimension = vectors[0]?.length ?? 0
  const values = new Float64Array(vectors.length * dimension)
  for (let row = 0; row < vectors.length; row++) {
    const vector = vectors[row]!
    let square = 0
    for (let at = 0; at < vector.length; at++) square += vector[at]! * vector[at]!
    if (vector.length !== dimension || !(square > 0) || square === Number.POSITIVE_INFINITY) {
      throw new GuerdonError('ARGUMENT_INVALID', `embedding ${row} has no direction to compare`, {
        found: vector.length === dimension ? `squared length ${square}` : `${vector.length} numbers`,
        expected: `${dimension} finite numbers, not all 0`,
      })
    }
    const norm = Math.sqrt(square)
    for (let at = 0; at < dimension; at++) values[row * dimension + at] = vector[at]! / norm
  }
  return { size: vectors.length, dimension, values }
}

/**
 * The k rows of `pool` most similar to row `row` of `queries` by cosine, or all when there are fewer.
 *
 * @param allowed rows of the pool that may be taken: 1 in its place; all when absent
 */
export function nearest(
  pool: UnitVectors,
  queries: UnitVectors,
  row: number,
  k: number,
  allowed?: Uint8Array,
): Neighbours {
  if (pool.size > 0 && pool.dimension !== queries.dimension) {
    throw new GuerdonError('ARGUMENT_INVALID', 'embeddings of two lengths cannot be compared', {
      found: `${pool.dimension} and ${queries.dimension}`,
    })
  }
  const indices = new Int32Array(Math.min(k, pool.size))
  const similarity = new Float64Array(indices.length)
  const { dimension } = pool
  let held = 0
  for (let candidate = 0; candidate < pool.size && indices.length > 0; candidate++) {
    if (allowed !== undefined && allowed[candidate] !== 1) continue
    let cosine = 0
    for (let at = 0; at < dimension; at++)
      cosine += pool.values[candidate * dimension + at]! * queries.values[row * dimension + at]!
    if (held === indices.length && cosine <= similarity[held - 1]!) continue
    // Insertion from the back keeps equal similarities in the order of the pool.
    let place = held < indices.length ? held++ : held - 1
    for (; place > 0 && similarity[place - 1]! < cosine; place--) {
      similarity[place] = similarity[place - 1]!
      indices[place] = indices[place - 1]!
    }
    similarity[place] = cosine
    indices[place] = candidate
  }
  return { indices: indices.subarray(0, held), similarity: similarity.subarray(0, held) }
}

/**
 * For each labelled pair its k nearest neighbours in the pool, k falling with the model's confidence p in its label
 * (`adaptiveK`). Pool [P][D], queries [Q][D], p [Q]; cosine similarity, ties by the lower position.
 * Source: paper 35, stage 1, error-driven adaptive retrieval.
 *
 * @throws GuerdonError ARGUMENT_INVALID for vectors that cannot be compared, a p outside [0, 1], lists of unequal length
 * @example adaptiveRetrieval([[1, 0], [0, 1]], [[1, 0.1]], [0.6], 2)[0].indices // Int32Array [0]
 */
export function adaptiveRetrieval(
  pool: readonly ArrayLike<number>[],
  queries: readonly ArrayLike<number>[],
  p: ArrayLike<number>,
  kMax = 8,
): Neighbours[] {
  if (p.length !== queries.length) {
    throw new GuerdonError('ARGUMENT_INVALID', 'every labelled pair needs a confidence', {
      found: `${queries.length} pairs, ${p.length} confidences`,
    })
  }
  const among = unitVectors(pool)
  const asked = unitVectors(queries)
  return queries.map((_, row) => nearest(among, asked, row, adaptiveK(p[row]!, kMax)))
}
