/** Sums over prompts for resampling, in memory that does not grow with the file. */
import { bootstrapInterval } from '../../numerics/bootstrap.ts'
import { RandomStream } from '../../numerics/random.ts'

/** Prompts that are told apart; those that come after share blocks with one another. */
const MOST = 16_384

function hash(text: string): number {
  let low = 0x811c9dc5
  let high = 0x2545f491
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    low = Math.imul(low ^ code, 0x01000193)
    high = Math.imul(high ^ code, 0x5bd1e995)
    high ^= high >>> 15
  }
  low = Math.imul(low ^ (low >>> 16), 0x21f0aaad)
  return ((high >>> 0) & 0x1fffff) * 4294967296 + ((low ^ (low >>> 15)) >>> 0)
}

/**
 * `width` sums for each prompt. Pairs of one prompt are not independent, so the prompt is what is drawn again. From
 * 16,384 prompts on, further ones are joined to blocks by a hash of their text: blocks are independent like prompts,
 * only fewer, which costs the interval nothing but a little of its sharpness.
 */
export class PromptBlocks {
  readonly #width: number
  readonly #blockOf = new Map<number, number>()
  #sums: Float64Array
  #joined = false

  constructor(width: number) {
    this.#width = width
    this.#sums = new Float64Array(64 * width)
  }

  /** Adds `width` numbers to the sums of a prompt. */
  add(prompt: string, values: ArrayLike<number>): void {
    const place = this.#placeOf(prompt)
    for (let entry = 0; entry < this.#width; entry++) this.#sums[place + entry]! += values[entry]!
  }

  /** Sums of a prompt, or of the block it shares; zeros for one that was never added. */
  sumsOf(prompt: string): Float64Array {
    const place = this.#placeOf(prompt)
    return this.#sums.slice(place, place + this.#width)
  }

  #placeOf(prompt: string): number {
    const key = hash(prompt)
    let block = this.#blockOf.get(key)
    if (block === undefined) {
      if (this.#blockOf.size < MOST) {
        block = this.#blockOf.size
        this.#blockOf.set(key, block)
      } else {
        block = key % MOST
        this.#joined = true
      }
      const needed = (block + 1) * this.#width
      if (needed > this.#sums.length) {
        const grown = new Float64Array(Math.max(needed, 2 * this.#sums.length))
        grown.set(this.#sums)
        this.#sums = grown
      }
    }
    return block * this.#width
  }

  get count(): number {
    return this.#blockOf.size
  }

  /** whether some blocks hold more than one prompt */
  get joined(): boolean {
    return this.#joined
  }

  /**
   * 95 % percentile interval of a statistic of the sums; null for fewer than ten prompts, where most draws have no
   * value, and where all draws agree: an interval without width would claim certainty.
   */
  interval(statistic: (totals: Float64Array) => number, seed: number): [number, number] | null {
    if (this.count < FEWEST_PROMPTS) return null
    const sums = this.#sums.subarray(0, this.count * this.#width)
    const found = bootstrapInterval(sums, this.#width, statistic, new RandomStream(seed), BOOTSTRAP_DRAWS)
    return found === null || found[0] === found[1] ? null : found
  }
}

const FEWEST_PROMPTS = 10

export const BOOTSTRAP_DRAWS = 2000
