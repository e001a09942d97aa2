/** Numbers for tokens: equal spans of any texts get the same number, found by their characters without making strings. */
import type { TokenSpans } from './tokenizers.ts'

/** FNV-1a over the UTF-16 units of a span. */
function hashSpan(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let index = start; index < end; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash ^ (hash >>> 13)
}

function equalSpans(
  left: string,
  leftStart: number,
  right: string,
  rightStart: number,
  size: number,
): boolean {
  for (let index = 0; index < size; index++) {
    if (left.charCodeAt(leftStart + index) !== right.charCodeAt(rightStart + index)) return false
  }
  return true
}

/**
 * A vocabulary of tokens, numbered 0, 1, … by first appearance.
 *
 * @example const numbers = new Int32Array(3); new Vocabulary().add(spansOf('a b a'), numbers, 0) // numbers: [0, 1, 0]
 */
export class Vocabulary {
  size = 0
  #slots = new Int32Array(1024).fill(-1)
  readonly #texts: string[] = []
  #textOf = new Int32Array(256)
  #starts = new Int32Array(256)
  #lengths = new Int32Array(256)
  #hashes = new Int32Array(256)

  clear(): void {
    // Half a table of leftovers is cheaper to undo token by token than to wipe.
    if (this.size * 8 < this.#slots.length) {
      const mask = this.#slots.length - 1
      for (let token = 0; token < this.size; token++) {
        let slot = this.#hashes[token]! & mask
        while (this.#slots[slot]! >= 0) {
          this.#slots[slot] = -1
          slot = (slot + 1) & mask
        }
      }
    } else {
      this.#slots.fill(-1)
    }
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
    const { text, starts, ends, count } = spans
    const slots = this.#slots
    const texts = this.#texts
    const textOf = this.#textOf
    const knownStarts = this.#starts
    const lengths = this.#lengths
    const hashes = this.#hashes
    const mask = slots.length - 1
    for (let index = 0; index < count; index++) {
      const start = starts[index]!
      const length = ends[index]! - start
      const hash = hashSpan(text, start, start + length)
      let slot = hash & mask
      let token = slots[slot]!
      while (
        token >= 0 &&
        !(
          hashes[token] === hash &&
          lengths[token] === length &&
          equalSpans(text, start, texts[textOf[token]!]!, knownStarts[token]!, length)
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
        lengths[token] = length
        hashes[token] = hash
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
      this.#lengths = grown(this.#lengths)
      this.#hashes = grown(this.#hashes)
    }
    if (2 * size <= this.#slots.length) return
    let slots = this.#slots.length
    while (slots < 2 * size) slots *= 2
    this.#slots = new Int32Array(slots).fill(-1)
    for (let token = 0; token < this.size; token++) {
      let slot = this.#hashes[token]! & (slots - 1)
      while (this.#slots[slot]! >= 0) slot = (slot + 1) & (slots - 1)
      this.#slots[slot] = token
    }
  }
}
