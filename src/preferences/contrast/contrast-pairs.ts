/**
 * Contrast pairs from ordinary preferences: an answer is preferred to the answer that a similar instruction got. They
 * teach a reward to read the instruction (paper 32, Contrast Instructions).
 */
import type { Encoder } from '../../inference/encoder.ts'
import type { RandomStream } from '../../numerics/random.ts'
import { GuerdonError } from '../../records/error.ts'
import type { PreferencePair } from '../../records/preference.ts'
import { promptText } from '../../records/rollout.ts'
import { contrastPartners } from './contrast-mining.ts'

export interface ContrastPairsOptions {
  /** window of cosines between two instructions */
  readonly low?: number
  readonly high?: number
  /** most instructions that are compared with one another; the cost is its square */
  readonly most?: number
  readonly abort?: AbortSignal
}

/**
 * One pair for each instruction that has a partner in the window: its own chosen answer against the partner's. The
 * first pair of an instruction stands for it.
 *
 * @returns pairs of source `contrast`, with the partner's prompt and the cosine in their metadata
 * @throws GuerdonError DATA_EMPTY without two different instructions; what the encoder throws
 */
export async function contrastPairs(
  pairs: readonly PreferencePair[],
  encoder: Encoder,
  stream: RandomStream,
  { low = 0.75, high = 0.9, most = 4000, abort }: ContrastPairsOptions = {},
): Promise<PreferencePair[]> {
  const first = new Map<string, PreferencePair>()
  for (const pair of pairs) {
    const text = promptText(pair.prompt)
    if (pair.tie !== true && !first.has(text)) first.set(text, pair)
  }
  const chosen = [...first.entries()]
  if (chosen.length > most) {
    stream.shuffle(chosen)
    chosen.length = most
  }
  if (chosen.length < 2)
    throw new GuerdonError('DATA_EMPTY', `${chosen.length} different prompts have no contrast`, {
      expected: 'at least two',
    })
  const texts = chosen.map(([text]) => text)
  const { partner, cosine } = contrastPartners(await encoder.embed(texts, { abort }), encoder.width, {
    low,
    high,
    texts,
  })
  return chosen.flatMap(([, own], row) => {
    const other = chosen[partner[row]!]?.[1]
    if (other === undefined) return []
    return [
      {
        id: `contrast-${own.id}`,
        prompt: own.prompt,
        chosen: own.chosen,
        rejected: other.chosen,
        source: 'contrast',
        metadata: { contrastPrompt: promptText(other.prompt), cosine: cosine[row]! },
      },
    ]
  })
}
