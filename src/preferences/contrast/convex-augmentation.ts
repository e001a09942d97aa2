/**
 * ConvexDA: the chosen answer of each pair is replaced by the reworded variant that differs most from its siblings, so
 * that training sees other words at the same cost. Source: paper 32; the authors' DA_convex.py.
 */
import type { Encoder } from '../../inference/encoder.ts'
import type { RandomStream } from '../../numerics/random.ts'
import type { PreferencePair } from '../../records/preference.ts'
import { completionText } from '../../records/rollout.ts'
import { convexSelection } from './convex-selection.ts'
import { misspellings, type WordSource, wordVariants } from './word-variants.ts'

export interface ConvexAugmentationOptions {
  /** reworded forms of an answer, of which one is taken */
  readonly variants?: number
  /** share of an answer's words that may change */
  readonly share?: number
  readonly words?: WordSource
  readonly abort?: AbortSignal
}

/**
 * The pairs with reworded chosen answers; the original answer is kept in `metadata.chosenOriginal`. An answer without
 * words that can change stays as it is. A pair's chance follows from the stream and its id, not from its neighbours.
 *
 * @throws GuerdonError what the encoder throws
 */
export async function convexAugmentation(
  pairs: readonly PreferencePair[],
  encoder: Encoder,
  stream: RandomStream,
  { variants = 5, share = 0.05, words = misspellings, abort }: ConvexAugmentationOptions = {},
): Promise<PreferencePair[]> {
  const reworded = pairs.map(({ id, chosen }) =>
    wordVariants(completionText(chosen), variants, stream.derive(`words ${id}`), { share, words }),
  )
  const embeddings = await encoder.embed(reworded.flat(), { abort })
  const { width } = encoder
  return pairs.map((pair, index) => {
    const own = reworded[index]!
    const original = completionText(pair.chosen)
    const { vertices } = convexSelection(
      embeddings.subarray(index * variants * width, (index + 1) * variants * width),
      width,
    )
    const chosen = own[vertices[stream.derive(`vertex ${pair.id}`).below(vertices.length)]!]!
    if (chosen === original) return pair
    return { ...pair, chosen, metadata: { ...pair.metadata, chosenOriginal: original } }
  })
}
