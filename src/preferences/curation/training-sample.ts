/** The pairs with the smallest keys of a stream, of any length and in any order: a sample that needs no second look. */
import type { PairFeatures } from './pair-features.ts'

export interface SampledPair {
  /** hash of prompt and completions, whichever of them was chosen */
  readonly key: number
  /** hash that also knows which was chosen: copies share it, contradicting labels do not */
  readonly labelledKey: number
  readonly prompt: number
  readonly indices: Uint32Array<ArrayBuffer>
  readonly values: Float32Array<ArrayBuffer>
}

/**
 * Keeps the pairs with the smallest keys, copies once, at most `pairs` of them and at most `features` entries. The
 * sample depends on what was offered, not on the order.
 */
export class TrainingSample {
  readonly #pairs: number
  readonly #features: number
  #held: SampledPair[] = []
  #entries = 0
  #below = Number.POSITIVE_INFINITY

  constructor(pairs: number, features: number) {
    this.#pairs = pairs
    this.#features = features
  }

  offer(key: number, labelledKey: number, prompt: number, features: PairFeatures): void {
    if (key >= this.#below) return
    this.#held.push({
      key,
      labelledKey,
      prompt,
      indices: features.indices.slice(0, features.size),
      values: features.values.slice(0, features.size),
    })
    this.#entries += features.size
    if (this.#held.length >= 2 * this.#pairs || this.#entries >= 2 * this.#features) this.#cut()
  }

  #cut(): void {
    const sorted = this.#held.sort((a, b) => a.key - b.key || a.labelledKey - b.labelledKey)
    const kept: SampledPair[] = []
    let entries = 0
    let last: SampledPair | undefined
    for (const pair of sorted) {
      if (last !== undefined && pair.labelledKey === last.labelledKey && pair.key === last.key) continue
      if (kept.length >= this.#pairs || entries + pair.indices.length > this.#features) {
        // Contradicting labels of one pair come in together or not at all.
        if (last?.key === pair.key)
          while (kept.at(-1)?.key === pair.key) entries -= kept.pop()!.indices.length
        this.#below = pair.key
        break
      }
      kept.push(pair)
      entries += pair.indices.length
      last = pair
    }
    this.#held = kept
    this.#entries = entries
  }

  /** The sample so far, by ascending key. */
  pairs(): readonly SampledPair[] {
    this.#cut()
    return this.#held
  }
}
