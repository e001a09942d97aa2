/**
 * Voters that need nothing but the pairs themselves: linear Bradley–Terry models on hashed words, each asked only about
 * prompts that it was not trained on.
 */
import type { RandomStream } from '../../numerics/random.ts'
import { sigmoid } from '../../numerics/sigmoid.ts'
import { GuerdonError } from '../../records/error.ts'
import { mixedKey } from './content-key.ts'
import { featureBits, type PairFeatures } from './pair-features.ts'
import type { SampledPair } from './training-sample.ts'

export interface VoterOptions {
  readonly random: RandomStream
  /** M: each has an order of the pairs and a division into folds of its own */
  readonly voters?: number
  /** K: a voter is K models, each trained on all folds but one */
  readonly folds?: number
  /** passes over the sample; fewer for large samples when absent */
  readonly epochs?: number
  /** first step of AdaGrad */
  readonly rate?: number
}

/** Trained voters; margins are those of the models that never saw the pair's prompt. */
export class CrossFittedVoters {
  readonly voters: number
  readonly folds: number
  /** what pairs of one fold share: their prompt, or the pair itself where there are too few prompts */
  readonly foldedBy: 'prompt' | 'pair'
  /** weight of a bucket in every model: [bucket][voter][fold] */
  readonly #weights: Float32Array
  readonly #margins: Float64Array

  constructor(voters: number, folds: number, foldedBy: 'prompt' | 'pair', weights: Float32Array) {
    this.voters = voters
    this.folds = folds
    this.foldedBy = foldedBy
    this.#weights = weights
    this.#margins = new Float64Array(voters)
  }

  /** d_m = w_m·(φ(chosen) − φ(rejected)), one number a voter, in a list that is used again. */
  margins(
    { indices, values, size }: Pick<PairFeatures, 'indices' | 'values' | 'size'>,
    prompt: number,
    key: number,
  ): Float64Array {
    const { voters, folds } = this
    const own = this.foldedBy === 'prompt' ? prompt : key
    for (let voter = 0; voter < voters; voter++) {
      const model = voter * folds + foldOf(own, voter, folds)
      let margin = 0
      for (let at = 0; at < size; at++)
        margin += values[at]! * this.#weights[indices[at]! * voters * folds + model]!
      this.#margins[voter] = margin
    }
    return this.#margins
  }
}

function foldOf(key: number, voter: number, folds: number): number {
  return mixedKey(key, voter + 1) % folds
}

/**
 * Trains M·K models −log σ(w·(φ(chosen) − φ(rejected))) by AdaGrad. Folds divide prompts (pairs, where the sample has
 * fewer prompts than twice the folds), so that no model votes on a prompt it was trained on. The same sample and
 * stream give the same voters. Memory: 2·4·2^18·M·K bytes while training, half of it after.
 * Source of the voting: paper 16; cross-fitting is its card's safer default.
 *
 * @throws GuerdonError ARGUMENT_INVALID for fewer pairs than folds
 */
export function trainVoters(sample: readonly SampledPair[], options: VoterOptions): CrossFittedVoters {
  const { random, voters = 5, folds = 5, rate = 0.05 } = options
  if (sample.length < folds) {
    throw new GuerdonError('ARGUMENT_INVALID', 'there are too few pairs to vote on', {
      found: `${sample.length} pairs`,
      expected: `at least ${folds}, one a fold`,
    })
  }
  const epochs = options.epochs ?? Math.max(2, Math.min(8, Math.round(80_000 / sample.length)))
  const prompts = new Set(sample.map(({ prompt }) => prompt)).size
  const foldedBy = prompts >= 2 * folds ? 'prompt' : 'pair'
  const models = voters * folds
  const weights = new Float32Array((1 << featureBits) * models)
  const squares = new Float32Array(weights.length)
  const margins = new Float64Array(folds)
  for (let voter = 0; voter < voters; voter++) {
    const first = voter * folds
    const stream = random.derive(`voter ${voter}`)
    const order = sample.map((_, index) => index)
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (const index of stream.shuffle(order)) {
        const { indices, values, prompt, key } = sample[index]!
        const heldOut = foldOf(foldedBy === 'prompt' ? prompt : key, voter, folds)
        margins.fill(0)
        for (let at = 0; at < indices.length; at++) {
          const base = indices[at]! * models + first
          for (let fold = 0; fold < folds; fold++) margins[fold]! += values[at]! * weights[base + fold]!
        }
        for (let fold = 0; fold < folds; fold++)
          margins[fold] = fold === heldOut ? 0 : sigmoid(-margins[fold]!)
        for (let at = 0; at < indices.length; at++) {
          const base = indices[at]! * models + first
          for (let fold = 0; fold < folds; fold++) {
            const slope = margins[fold]! * values[at]!
            if (slope === 0) continue
            squares[base + fold]! += slope * slope
            weights[base + fold]! += (rate * slope) / Math.sqrt(squares[base + fold]! + 1e-8)
          }
        }
      }
    }
  }
  return new CrossFittedVoters(voters, folds, foldedBy, weights)
}
