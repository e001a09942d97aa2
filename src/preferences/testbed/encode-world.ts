/** Simulated labels in the form that recipes train on. The truth (utilities, groups, flips) stays behind. */
import {
  type Categories,
  type EncodedPairs,
  noCategories,
  pairsOfFeatures,
} from '../../reward-models/encoded-pairs.ts'
import type { LabelledPairs } from './label-pairs.ts'
import type { UserPairs } from './label-users.ts'
import { itemLengths } from './vector-items.ts'

export interface EncodeOptions {
  /** of the items' lengths in words, 120 and 30 unless told */
  readonly meanLength?: number
  readonly lengthDeviation?: number
}

function usersOf(pairs: LabelledPairs | UserPairs): Categories {
  if (!('user' in pairs)) return noCategories(pairs.count)
  return { codes: pairs.user, names: Array.from({ length: pairs.users }, (_, user) => `user ${user}`) }
}

/**
 * Labelled pairs as `EncodedPairs`: features as embeddings (single precision), lengths in words, prompts, users. A
 * vote's strength is 2·share − 1 of the annotators who agreed where several were asked, and unknown where one was.
 */
export function encodeWorld(pairs: LabelledPairs | UserPairs, options: EncodeOptions = {}): EncodedPairs {
  const { meanLength = 120, lengthDeviation = 30 } = options
  const words = (length: Float64Array): Float64Array =>
    Float64Array.from(itemLengths(length, meanLength, lengthDeviation))
  return pairsOfFeatures(pairs.chosen, pairs.rejected, pairs.dimensions, {
    strength: Float64Array.from(pairs.votesForChosen, (agreed) =>
      pairs.votes === 1 ? Number.NaN : (2 * agreed) / pairs.votes - 1,
    ),
    chosenLength: words(pairs.lengthChosen),
    rejectedLength: words(pairs.lengthRejected),
    prompts: pairs.prompt,
    users: usersOf(pairs),
  })
}
