/** A pair as the difference of two sparse vectors: hashed words and word pairs of either completion. */
import type { WordHashes } from './word-hashes.ts'

export const featureBits = 18
const buckets = 1 << featureBits

/** Collects the buckets that a text fills, each once. */
class FilledBuckets {
  readonly #seen = new Int32Array(buckets)
  #round = 0
  values = new Uint32Array(256)
  size = 0

  #add(hash: number): void {
    const bucket = hash >>> (32 - featureBits)
    if (this.#seen[bucket] === this.#round) return
    this.#seen[bucket] = this.#round
    if (this.size === this.values.length) {
      const larger = new Uint32Array(2 * this.size)
      larger.set(this.values)
      this.values = larger
    }
    this.values[this.size++] = bucket
  }

  read({ values, size }: WordHashes): this {
    this.#round++
    this.size = 0
    for (let word = 0; word < size; word++) {
      this.#add(Math.imul(values[word]!, 0x9e3779b1) >>> 0)
      if (word > 0)
        this.#add(Math.imul(values[word - 1]! ^ Math.imul(values[word]!, 0x85ebca6b), 0xc2b2ae35) >>> 0)
    }
    return this
  }
}

/**
 * Reads pairs of word lists into φ(chosen) − φ(rejected), φ the 0/1 vector of a text's words and word pairs in 2^18
 * buckets divided by its norm, so that a longer text has no larger vector. The lists are used again for the next pair.
 */
export class PairFeatures {
  readonly #chosen = new FilledBuckets()
  readonly #rejected = new FilledBuckets()
  readonly #place = new Int32Array(buckets).fill(-1)
  indices = new Uint32Array(512)
  values = new Float32Array(512)
  size = 0

  read(chosenWords: WordHashes, rejectedWords: WordHashes): this {
    const chosen = this.#chosen.read(chosenWords)
    const rejected = this.#rejected.read(rejectedWords)
    if (chosen.size + rejected.size > this.indices.length) {
      const room = 2 * (chosen.size + rejected.size)
      this.indices = new Uint32Array(room)
      this.values = new Float32Array(room)
    }
    const weight = chosen.size === 0 ? 0 : 1 / Math.sqrt(chosen.size)
    const other = rejected.size === 0 ? 0 : 1 / Math.sqrt(rejected.size)
    this.size = 0
    for (let at = 0; at < chosen.size; at++) {
      const bucket = chosen.values[at]!
      this.#place[bucket] = this.size
      this.indices[this.size] = bucket
      this.values[this.size++] = weight
    }
    for (let at = 0; at < rejected.size; at++) {
      const bucket = rejected.values[at]!
      const place = this.#place[bucket]!
      if (place !== -1) this.values[place]! -= other
      else {
        this.indices[this.size] = bucket
        this.values[this.size++] = -other
      }
    }
    for (let at = 0; at < chosen.size; at++) this.#place[chosen.values[at]!] = -1
    return this
  }
}
