/** Numbers for tokens: equal spans of any texts get the same number, found by their characters without making strings. */
import type { TokenSpans } from './tokenizers.ts'

/** Longest token that is compared as two integers; longer ones, and those beyond Latin-1, are compared in full. */
const PACKED = 8
/** by length: which of the first and of the second four bytes belong to the token */
const FIRST_FOUR = Int32Array.of(0, 0xff, 0xffff, 0xffffff, -1, -1, -1, -1, -1)
const LAST_FOUR = Int32Array.of(0, 0, 0, 0, 0, 0xff, 0xffff, 0xffffff, -1)

/** What tokens are compared by: two words, and the length, negative when the words are hashes. */
interface Key {
  low: number
  high: number
  size: number
}

/** The key of any token, letter by letter. */
function writeKey(units: Uint16Array, start: number, length: number, key: Key): void {
  let low = 0
  let high = 0
  let hash = 0x811c9dc5
  let wide = 0
  for (let index = 0; index < length; index++) {
    const code = units[start + index]!
    wide |= code
    hash = Math.imul(hash ^ code, 0x01000193)
    if (index < 4) low |= code << (8 * index)
    else if (index < PACKED) high |= code << (8 * (index - 4))
  }
  const packed = length <= PACKED && wide < 256
  key.low = packed ? low : hash
  key.high = packed ? high : hash ^ (hash >>> 15)
  key.size = packed ? length : -length
}

function slotOf(low: number, high: number, size: number): number {
  let mixed = Math.imul(low ^ size, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d)
  return mixed ^ (mixed >>> 13)
}

function equalSpans(
  units: Uint16Array,
  start: number,
  known: string,
  knownStart: number,
  size: number,
): boolean {
  for (let index = 0; index < size; index++) {
    if (units[start + index] !== known.charCodeAt(knownStart + index)) return false
  }
  return true
}

/**
 * A vocabulary of tokens, numbered 0, 1, … by first appearance. Tokens of up to eight Latin-1 characters are read as two
 * integers without a loop, which is most of a text.
 *
 * @example const numbers = new Int32Array(3); new Vocabulary().add(spansOf('a b a'), numbers, 0) // numbers: [0, 1, 0]
 */
export class Vocabulary {
  size = 0
  #slots = new Int32Array(1024).fill(-1)
  readonly #texts: string[] = []
  #textOf = new Int32Array(256)
  #starts = new Int32Array(256)
  #lows = new Int32Array(256)
  #highs = new Int32Array(256)
  #sizes = new Int32Array(256)

  clear(): void {
    this.#slots.fill(-1)
    this.size = 0
    this.#texts.length = 0
  }

  /** Writes the number of every token to `numbers` from `offset` on; new tokens get new numbers. */
  add(spans: TokenSpans, numbers: Int32Array, offset: number): void {
    this.#reserve(this.size + spans.count)
    this.#texts.push(spans.text)
    this.#number(spans, numbers, offset, true)
  }

  /** Writes the number of every token to `numbers`, −1 for tokens that are not in the vocabulary. */
  find(spans: TokenSpans, numbers: Int32Array): void {
    this.#number(spans, numbers, 0, false)
  }

  #number(spans: TokenSpans, numbers: Int32Array, offset: number, grow: boolean): void {
    const { units, starts, ends, count } = spans
    const slots = this.#slots
    const texts = this.#texts
    const textOf = this.#textOf
    const knownStarts = this.#starts
    const lows = this.#lows
    const highs = this.#highs
    const sizes = this.#sizes
    const mask = slots.length - 1
    const key: Key = { low: 0, high: 0, size: 0 }
    for (let index = 0; index < count; index++) {
      const start = starts[index]!
      const length = ends[index]! - start
      let low = 0
      let high = 0
      let size = length
      let wide = 256
      if (length <= PACKED) {
        const a = units[start]!
        const b = units[start + 1]!
        const c = units[start + 2]!
        const d = units[start + 3]!
        const e = units[start + 4]!
        const f = units[start + 5]!
        const g = units[start + 6]!
        const h = units[start + 7]!
        wide = a | b | c | d | e | f | g | h
        low = (a | (b << 8) | (c << 16) | (d << 24)) & FIRST_FOUR[length]!
        high = (e | (f << 8) | (g << 16) | (h << 24)) & LAST_FOUR[length]!
      }
      if (wide > 255) {
        writeKey(units, start, length, key)
        low = key.low
        high = key.high
        size = key.size
      }
      let slot = slotOf(low, high, size) & mask
      let token = slots[slot]!
      while (
        token >= 0 &&
        !(
          lows[token] === low &&
          highs[token] === high &&
          sizes[token] === size &&
          (size > 0 || equalSpans(units, start, texts[textOf[token]!]!, knownStarts[token]!, length))
        )
      ) {
        slot = (slot + 1) & mask
        token = slots[slot]!
      }
      if (token < 0 && grow) {
        token = this.size++
        slots[slot] = token
        textOf[token] = texts.length - 1
        knownStarts[token] = start
        lows[token] = low
        highs[token] = high
        sizes[token] = size
      }
      numbers[offset + index] = token
    }
  }

  /** Room for `size` tokens in a table at most half full. */
  #reserve(size: number): void {
    if (size > this.#starts.length) {
      const grown = (old: Int32Array): Int32Array<ArrayBuffer> => {
        const larger = new Int32Array(2 * size)
        larger.set(old)
        return larger
      }
      this.#textOf = grown(this.#textOf)
      this.#starts = grown(this.#starts)
      this.#lows = grown(this.#lows)
      this.#highs = grown(this.#highs)
      this.#sizes = grown(this.#sizes)
    }
    if (2 * size <= this.#slots.length) return
    let slots = this.#slots.length
    while (slots < 2 * size) slots *= 2
    this.#slots = new Int32Array(slots).fill(-1)
    for (let token = 0; token < this.size; token++) {
      let slot = slotOf(this.#lows[token]!, this.#highs[token]!, this.#sizes[token]!) & (slots - 1)
      while (this.#slots[slot]! >= 0) slot = (slot + 1) & (slots - 1)
      this.#slots[slot] = token
    }
  }
}
