/**
 * RewardFusion: a reward averaged with those of the most similar known question–answer texts, by similarity.
 * R' = (R(x) + Σ s_j R(x_j)) / (1 + Σ s_j) over at most k neighbours with s_j ≥ threshold. Source: paper 32.
 */
import { normaliseRows } from '../inference/pool-tokens.ts'
import { GuerdonError } from '../records/error.ts'

export interface FusionOptions {
  /** most neighbours */
  readonly k?: number
  /** least cosine of a neighbour; above 1 nothing is fused */
  readonly threshold?: number
}

export interface Fused {
  readonly reward: number
  /** the neighbours used, by index, ascending */
  readonly used: readonly number[]
  /** their weights in the same order, then the row's own; they add up to 1 */
  readonly weights: readonly number[]
}

/**
 * One fused reward. It lies between the smallest and the largest of the rewards it averages.
 * @example fuseReward(1, [0], [1], { threshold: 0.9 }).reward // 0.5
 */
export function fuseReward(
  own: number,
  neighbours: ArrayLike<number>,
  similarities: ArrayLike<number>,
  { k = 5, threshold = 0.9 }: FusionOptions = {},
): Fused {
  const used = Array.from(similarities, (similarity, index) => ({ similarity, index }))
    .sort((a, b) => b.similarity - a.similarity || a.index - b.index)
    .slice(0, k)
    .filter(({ similarity }) => similarity >= threshold)
    .sort((a, b) => a.index - b.index)
  const total = used.reduce((sum, { similarity }) => sum + similarity, 1)
  return {
    reward: used.reduce((sum, { similarity, index }) => sum + similarity * neighbours[index]!, own) / total,
    used: used.map(({ index }) => index),
    weights: [...used.map(({ similarity }) => similarity / total), 1 / total],
  }
}

/** A corpus whose rewards were computed once, ready to be fused with new ones. */
export class FusionIndex {
  readonly width: number
  readonly #unit: Float32Array
  readonly #rewards: Float64Array

  /**
   * @param embeddings n × width, row-major
   * @param rewards the model's own reward of each text
   * @throws GuerdonError ARGUMENT_INVALID when the two do not fit
   */
  constructor(embeddings: ArrayLike<number>, width: number, rewards: ArrayLike<number>) {
    if (rewards.length * width !== embeddings.length)
      throw new GuerdonError(
        'ARGUMENT_INVALID',
        `${rewards.length} rewards for ${embeddings.length / width} texts`,
      )
    this.width = width
    this.#unit = Float32Array.from(embeddings)
    this.#rewards = Float64Array.from(rewards)
    normaliseRows(this.#unit, width)
  }

  /**
   * Fused rewards of new texts.
   * @param same for each text the corpus row that is the text itself, left out of its neighbours; −1 for none
   */
  fuse(
    embeddings: Float32Array,
    rewards: ArrayLike<number>,
    options: FusionOptions = {},
    same?: Int32Array,
  ): Float64Array {
    const { width } = this
    const { k = 5, threshold = 0.9 } = options
    const query = new Float32Array(width)
    return Float64Array.from({ length: rewards.length }, (_, row) => {
      query.set(embeddings.subarray(row * width, (row + 1) * width))
      normaliseRows(query, width)
      const near: number[] = []
      const similarities: number[] = []
      for (let other = 0; other < this.#rewards.length; other++) {
        let sum = 0
        const from = other * width
        for (let column = 0; column < width; column++) sum += query[column]! * this.#unit[from + column]!
        if (sum >= threshold && same?.[row] !== other) {
          near.push(this.#rewards[other]!)
          similarities.push(sum)
        }
      }
      return fuseReward(rewards[row]!, near, similarities, { k, threshold }).reward
    })
  }
}
