/**
 * Which pair to label next: each label lowers the uncertainty of all differences that it says something about. The
 * covariance of the rewards is kept and updated label by label, without labels being there. Source: paper 26.
 */
import { GuerdonError } from '../../records/error.ts'

/** What is believed of n rewards before or after some labels: their covariance, n × n. */
export class LabellingPlan {
  readonly size: number
  readonly #covariance: Float64Array
  readonly #gain: Float64Array

  /**
   * @param covariance prior covariance of the rewards, n × n, for example from a prefix tree or from embeddings
   * @throws GuerdonError ARGUMENT_INVALID when it is not square
   */
  constructor(covariance: Float64Array) {
    this.size = Math.sqrt(covariance.length)
    if (!Number.isInteger(this.size))
      throw new GuerdonError('ARGUMENT_INVALID', `a covariance of ${covariance.length} entries`, {
        expected: 'a square matrix',
      })
    this.#covariance = Float64Array.from(covariance)
    this.#gain = new Float64Array(this.size)
  }

  /** Variance of the difference of two rewards. */
  distance(a: number, b: number): number {
    const { size } = this
    const z = this.#covariance
    return z[a * size + a]! + z[b * size + b]! - 2 * z[a * size + b]!
  }

  /** Mean variance of the difference of two different rewards. */
  meanDistance(): number {
    const { size } = this
    let trace = 0
    let total = 0
    for (let row = 0; row < size; row++) {
      trace += this.#covariance[row * size + row]!
      for (let column = 0; column < size; column++) total += this.#covariance[row * size + column]!
    }
    return (2 * size * trace - 2 * total) / (size * (size - 1))
  }

  /** How much a label of the pair would lower the mean distance: with z = Z(e_a − e_b), (n‖z‖² − (Σz)²)·2 / (n(n − 1)(v + d)). */
  gain(a: number, b: number, variance: number): number {
    const { size } = this
    let square = 0
    let sum = 0
    for (let row = 0; row < size; row++) {
      const z = this.#covariance[row * size + a]! - this.#covariance[row * size + b]!
      square += z * z
      sum += z
    }
    return (2 * (size * square - sum * sum)) / (size * (size - 1) * (variance + this.distance(a, b)))
  }

  /** Takes a label of the pair into account: Z ← Z − z zᵀ / (v + d(a, b)) (Sherman–Morrison). */
  label(a: number, b: number, variance: number): void {
    const { size } = this
    const z = this.#gain
    for (let row = 0; row < size; row++)
      z[row] = this.#covariance[row * size + a]! - this.#covariance[row * size + b]!
    const scale = 1 / (variance + z[a]! - z[b]!)
    for (let row = 0; row < size; row++) {
      const own = z[row]! * scale
      for (let column = 0; column < size; column++) this.#covariance[row * size + column]! -= own * z[column]!
    }
  }

  /** The candidate that lowers the mean distance most; the first of equal ones. @throws GuerdonError DATA_EMPTY */
  next(candidates: readonly (readonly [number, number])[], variance: number): readonly [number, number] {
    let best: readonly [number, number] | undefined
    let most = Number.NEGATIVE_INFINITY
    for (const pair of candidates) {
      const gain = this.gain(pair[0], pair[1], variance)
      if (gain > most) {
        most = gain
        best = pair
      }
    }
    if (best === undefined) throw new GuerdonError('DATA_EMPTY', 'there are no pairs to choose from')
    return best
  }
}

/**
 * Covariance of the leaves' rewards in a prefix tree whose edges at level l = 1 … depth have the given variances:
 * two leaves share the edges above their lowest common ancestor.
 *
 * @returns B^depth × B^depth, leaves in order
 * @example Array.from(treeCovariance(2, [1, 0.5])).slice(0, 4) // [1.5, 1, 0, 0]
 */
export function treeCovariance(branching: number, variances: readonly number[]): Float64Array {
  const depth = variances.length
  const leaves = branching ** depth
  const covariance = new Float64Array(leaves * leaves)
  for (let a = 0; a < leaves; a++) {
    for (let b = 0; b < leaves; b++) {
      let shared = 0
      let width = leaves
      for (const variance of variances) {
        width /= branching
        if (Math.floor(a / width) !== Math.floor(b / width)) break
        shared += variance
      }
      covariance[a * leaves + b] = shared
    }
  }
  return covariance
}
