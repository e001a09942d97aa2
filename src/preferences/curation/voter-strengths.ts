/** Strengths by cross-fitted voters that are trained on a sample of the data themselves. */
import { wilsonInterval } from '../../numerics/wilson-interval.ts'
import { completionText, promptText } from '../../records/rollout.ts'
import { mixedKey, normalisedText, textKey } from './content-key.ts'
import { type CrossFittedVoters, trainVoters, type VoterOptions } from './cross-fitted-voters.ts'
import { PairFeatures } from './pair-features.ts'
import type { ReadPair } from './read-pairs.ts'
import type { StrengthSource } from './strength-source.ts'
import type { SampledPair, TrainingSample } from './training-sample.ts'
import { WordHashes } from './word-hashes.ts'

/** Keys of a pair: of its prompt, of its completions in any order, and with the label. */
export interface PairKeys {
  readonly prompt: number
  readonly chosen: number
  readonly rejected: number
  /** the completions of one prompt, whichever was chosen */
  readonly unordered: number
  readonly labelled: number
}

export function keysOf({ prompt, chosen, rejected }: ReadPair['pair']): PairKeys {
  const ofPrompt = textKey(normalisedText(promptText(prompt)))
  const better = textKey(normalisedText(completionText(chosen)))
  const worse = textKey(normalisedText(completionText(rejected)))
  return {
    prompt: ofPrompt,
    chosen: better,
    rejected: worse,
    unordered: mixedKey(ofPrompt, Math.min(better, worse), Math.max(better, worse)),
    labelled: mixedKey(ofPrompt, better, worse),
  }
}

/** Reads pairs into features; the lists are used again for the next pair. */
export class PairReading {
  readonly #chosen = new WordHashes()
  readonly #rejected = new WordHashes()
  readonly features = new PairFeatures()

  read({ chosen, rejected }: ReadPair['pair']): PairFeatures {
    return this.features.read(
      this.#chosen.read(completionText(chosen)),
      this.#rejected.read(completionText(rejected)),
    )
  }
}

export interface VoterStrengths extends StrengthSource {
  /** how often the voters agree with labels that they were not trained on */
  readonly agreement: {
    readonly agree: number
    readonly pairs: number
    readonly interval: readonly [number, number]
  }
}

function agreementOf(voters: CrossFittedVoters, sample: readonly SampledPair[]): VoterStrengths['agreement'] {
  let agree = 0
  for (const { indices, values, prompt, key } of sample) {
    const margins = voters.margins({ indices, values, size: indices.length }, prompt, key)
    let sum = 0
    for (const margin of margins) sum += margin
    if (sum > 0) agree++
  }
  return { agree, pairs: sample.length, interval: wilsonInterval(agree, sample.length) }
}

/**
 * Trains voters on a sample and lets them vote on any pair; pairs of prompts in the sample are voted on by the models
 * that did not see the prompt.
 *
 * @throws GuerdonError ARGUMENT_INVALID for a sample with fewer pairs than folds
 */
export function voterStrengths(gathered: TrainingSample, options: VoterOptions): VoterStrengths {
  const sample = gathered.pairs()
  const voters = trainVoters(sample, options)
  const reading = new PairReading()
  return {
    description: `votes of ${voters.voters} linear Bradley–Terry models on hashed words and word pairs, trained on ${sample.length} pairs of this data and asked only about ${voters.foldedBy === 'prompt' ? 'prompts' : 'pairs'} that they had not seen (${voters.folds} folds)`,
    agreement: agreementOf(voters, sample),
    strengths(pairs) {
      const mean = new Float64Array(pairs.length)
      const std = new Float64Array(pairs.length)
      const known = new Uint8Array(pairs.length).fill(1)
      for (let index = 0; index < pairs.length; index++) {
        const { pair } = pairs[index]!
        const keys = keysOf(pair)
        const margins = voters.margins(reading.read(pair), keys.prompt, keys.unordered)
        for (const margin of margins) mean[index]! += margin / margins.length
        let squares = 0
        for (const margin of margins) squares += (margin - mean[index]!) ** 2
        std[index] = Math.sqrt(squares / margins.length)
      }
      return { mean, std, known }
    },
  }
}
