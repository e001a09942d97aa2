/** Numbers for texts that are too many to be kept: each text is known by 48 bits of its SHA-256. */
import { createHash } from 'node:crypto'

/** The first 48 bits of a text's SHA-256 as a whole number; divided by 2⁴⁸ it is uniform on [0, 1). */
export function textKey(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6)
}

/** 2⁴⁸, one more than the largest key. */
export const KEYS = 2 ** 48

/**
 * Numbers keys in the order in which they come: 12 bytes a key and some room. Among ten million texts two share a key,
 * and with it a number, with a chance of one in six.
 */
export class KeyNumbers {
  #keys = new Float64Array(1 << 10)
  #numbers = new Int32Array(1 << 10).fill(-1)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The number of a key: a new one when the key is new. */
  add(key: number): number {
    if (2 * this.#size >= this.#keys.length) this.#grow()
    const place = this.#place(key)
    if (this.#numbers[place] === -1) {
      this.#keys[place] = key
      this.#numbers[place] = this.#size++
    }
    return this.#numbers[place]!
  }

  has(key: number): boolean {
    return this.#numbers[this.#place(key)] !== -1
  }

  #place(key: number): number {
    const mask = this.#keys.length - 1
    let place = (key % 0x7fffffff) & mask
    while (this.#numbers[place] !== -1 && this.#keys[place] !== key) place = (place + 1) & mask
    return place
  }

  #grow(): void {
    const [keys, numbers] = [this.#keys, this.#numbers]
    this.#keys = new Float64Array(2 * keys.length)
    this.#numbers = new Int32Array(2 * keys.length).fill(-1)
    for (let old = 0; old < keys.length; old++) {
      if (numbers[old] === -1) continue
      const place = this.#place(keys[old]!)
      this.#keys[place] = keys[old]!
      this.#numbers[place] = numbers[old]!
    }
  }
}
