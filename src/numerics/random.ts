/**
 * Seeded random streams: passed in wherever chance is used, never global. A stream's state is four integers, so it
 * can be stored and continued; streams derived under different names are independent of the order of their use.
 */

/** 32-bit mixing step of splitmix, used to spread seeds and names over the state. */
function mix(state: number): number {
  let value = (state + 0x9e3779b9) | 0
  value = Math.imul(value ^ (value >>> 16), 0x21f0aaad)
  value = Math.imul(value ^ (value >>> 15), 0x735a2d97)
  return (value ^ (value >>> 15)) >>> 0
}

function hashName(name: string, seed: number): number {
  let hash = mix(seed)
  for (let index = 0; index < name.length; index++) hash = mix(hash ^ name.charCodeAt(index))
  return hash
}

/**
 * A stream of pseudo-random numbers (xoshiro128**, period 2^128 − 1).
 *
 * @example const stream = new RandomStream(7); stream.derive('noise').uniform() // the same number on every machine
 */
export class RandomStream {
  readonly #state = new Uint32Array(4)
  /** the state at the start, from which named streams are derived */
  readonly #origin: readonly [number, number, number, number]
  #spareNormal: number | undefined

  constructor(seed: number | readonly [number, number, number, number]) {
    if (typeof seed === 'number') {
      let word = (Math.trunc(seed) ^ Math.trunc(seed / 4294967296)) >>> 0
      for (let index = 0; index < 4; index++) {
        word = mix(word + index)
        this.#state[index] = word
      }
    } else {
      this.#state.set(seed)
    }
    if (this.#state.every((word) => word === 0)) this.#state[0] = 1
    this.#origin = this.state()
  }

  /** The state, ready for JSON; `new RandomStream(stream.state())` continues where this one stands. */
  state(): [number, number, number, number] {
    const [a, b, c, d] = this.#state
    return [a!, b!, c!, d!]
  }

  /** An independent stream under a name: the same for the same seed and name, whatever was drawn in between. */
  derive(name: string): RandomStream {
    const base = this.#origin
    return new RandomStream([
      hashName(name, base[0]!),
      hashName(name, base[1]! ^ 0x55555555),
      hashName(name, base[2]! ^ 0xaaaaaaaa),
      hashName(name, base[3]! ^ 0x0f0f0f0f),
    ])
  }

  /** A 32-bit unsigned integer. */
  integer32(): number {
    const s = this.#state
    const rotated = Math.imul(s[1]!, 5)
    const result = Math.imul((rotated << 7) | (rotated >>> 25), 9) >>> 0
    const shifted = s[1]! << 9
    s[2]! ^= s[0]!
    s[3]! ^= s[1]!
    s[1]! ^= s[2]!
    s[0]! ^= s[3]!
    s[2]! ^= shifted
    s[3] = (s[3]! << 11) | (s[3]! >>> 21)
    return result
  }

  /** Uniform in [0, 1), 53 bits. */
  uniform(): number {
    return ((this.integer32() >>> 5) * 67108864 + (this.integer32() >>> 6)) / 9007199254740992
  }

  /** A whole number in 0 … bound − 1, each equally likely (rejection, no modulo bias). */
  below(bound: number): number {
    const limit = Math.floor(4294967296 / bound) * bound
    let draw = this.integer32()
    while (draw >= limit) draw = this.integer32()
    return draw % bound
  }

  /** Standard normal (polar method; the second number of a pair is kept for the next call). */
  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal
      this.#spareNormal = undefined
      return spare
    }
    for (;;) {
      const x = 2 * this.uniform() - 1
      const y = 2 * this.uniform() - 1
      const square = x * x + y * y
      if (square > 0 && square < 1) {
        const scale = Math.sqrt((-2 * Math.log(square)) / square)
        this.#spareNormal = y * scale
        return x * scale
      }
    }
  }

  /** Shuffles an array in place (Fisher–Yates) and returns it. */
  shuffle<T>(items: T[]): T[] {
    for (let index = items.length - 1; index > 0; index--) {
      const other = this.below(index + 1)
      const item = items[index]!
      items[index] = items[other]!
      items[other] = item
    }
    return items
  }
}
