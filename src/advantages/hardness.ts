/** How hard a prompt still is for the policy (paper 31, DR-IRL, section on difficulty). Pure functions. */
import { GuerdonError } from '../records/error.ts'

function sigmoid(x: number): number {
  return x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))
}

/**
 * Cosine of the angle between two vectors of equal length, in [−1, 1]; 0 if one of them is 0.
 *
 * @throws GuerdonError ARGUMENT_INVALID for different lengths
 * @example cosineSimilarity([1, 0], [1, 1]) // ≈ 0.7071
 */
export function cosineSimilarity(left: ArrayLike<number>, right: ArrayLike<number>): number {
  if (left.length !== right.length) {
    throw new GuerdonError('ARGUMENT_INVALID', 'two embeddings have different lengths', {
      expected: `${left.length} numbers`,
      found: right.length,
    })
  }
  let product = 0
  let leftSquares = 0
  let rightSquares = 0
  for (let index = 0; index < left.length; index++) {
    product += left[index]! * right[index]!
    leftSquares += left[index]! * left[index]!
    rightSquares += right[index]! * right[index]!
  }
  const size = Math.sqrt(leftSquares) * Math.sqrt(rightSquares)
  return size === 0 ? 0 : Math.max(-1, Math.min(1, product / size))
}

export interface DemonstrationSimilarity {
  /** mean over the generated clauses of the similarity to the nearest demonstration clause */
  readonly similarity: number
  /** for each generated clause the number of its nearest demonstration clause */
  readonly nearest: Int32Array
}

/**
 * How close a reply comes to a demonstration: W = mean over generated clauses k of max_l cos(generated k,
 * demonstration l). Directional: clauses that only the demonstration has do not count. Range [−1, 1].
 *
 * @throws GuerdonError ARGUMENT_INVALID if either has no clause
 */
export function demonstrationSimilarity(
  generated: readonly ArrayLike<number>[],
  demonstration: readonly ArrayLike<number>[],
): DemonstrationSimilarity {
  if (generated.length === 0 || demonstration.length === 0) {
    throw new GuerdonError('ARGUMENT_INVALID', 'a reply or a demonstration without clauses has no similarity')
  }
  const nearest = new Int32Array(generated.length)
  let sum = 0
  for (const [clause, embedding] of generated.entries()) {
    let best = Number.NEGATIVE_INFINITY
    for (const [other, candidate] of demonstration.entries()) {
      const similarity = cosineSimilarity(embedding, candidate)
      if (similarity > best) {
        best = similarity
        nearest[clause] = other
      }
    }
    sum += best
  }
  return { similarity: sum / generated.length, nearest }
}

export interface DataHardness {
  /** δ = 1 − similarity */
  readonly difference: Float64Array
  /** σ(δ) / σ(mean δ) */
  readonly coefficient: Float64Array
}

/**
 * Data hardness of the items of one category: σ(δ_i) / σ(mean δ) with δ = 1 − similarity. Above 1 for replies that
 * are further from their demonstration than the category's mean; about [0.68, 1.46] for similarities in [0, 1].
 *
 * @example dataHardness([0.5, 0.5]).coefficient // [1, 1]
 */
export function dataHardness(similarities: ArrayLike<number>): DataHardness {
  const size = similarities.length
  const difference = new Float64Array(size)
  let sum = 0
  for (let item = 0; item < size; item++) {
    difference[item] = 1 - similarities[item]!
    sum += difference[item]!
  }
  const scale = 1 / sigmoid(sum / size)
  return { difference, coefficient: difference.map((value) => sigmoid(value) * scale) }
}

export interface ModelResponsiveness {
  /** 1 = the gap counts, 0 = an outlier */
  readonly mask: Uint8Array
  readonly mean: number
  /** mean of the gaps that count; the plain mean if none does */
  readonly filteredMean: number
  /** σ(filtered mean) / σ(mean): one number for the category or batch */
  readonly coefficient: number
}

/**
 * Model responsiveness of one category: gaps R_i = reward of the demonstration − reward of the reply; those with
 * (R_i − mean)² above the threshold are left out of the second mean.
 *
 * @throws GuerdonError ARGUMENT_INVALID without gaps
 * @example modelResponsiveness([1, 1], 4).coefficient // 1
 */
export function modelResponsiveness(gaps: ArrayLike<number>, threshold: number): ModelResponsiveness {
  const size = gaps.length
  if (size === 0) throw new GuerdonError('ARGUMENT_INVALID', 'responsiveness needs at least one reward gap')
  let mean = 0
  for (let item = 0; item < size; item++) mean += gaps[item]! / size
  const mask = new Uint8Array(size)
  let kept = 0
  let sum = 0
  for (let item = 0; item < size; item++) {
    if ((gaps[item]! - mean) ** 2 > threshold) continue
    mask[item] = 1
    kept++
    sum += gaps[item]!
  }
  const filteredMean = kept === 0 ? mean : kept === size ? mean : sum / kept
  return { mask, mean, filteredMean, coefficient: sigmoid(filteredMean) / sigmoid(mean) }
}

/**
 * Joint hardness of each item: data hardness times responsiveness (better in the paper), or their mean.
 *
 * @example jointHardness([1.2], [1.1], 'product') // [1.32]
 */
export function jointHardness(
  data: ArrayLike<number>,
  responsiveness: ArrayLike<number>,
  combine: 'product' | 'mean',
): Float64Array {
  const result = new Float64Array(data.length)
  for (let item = 0; item < data.length; item++) {
    result[item] =
      combine === 'product' ? data[item]! * responsiveness[item]! : (data[item]! + responsiveness[item]!) / 2
  }
  return result
}
