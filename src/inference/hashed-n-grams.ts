/**
 * An encoder that needs no model: words, pairs of words and runs of 3 to 5 characters, hashed with a sign into a fixed
 * number of columns (feature hashing: Weinberger et al. 2009), and eight columns for the form of the text.
 *
 * Each of the three families is brought to length 1 before they are added, so that the many characters do not drown the
 * words; within a family an n-gram that stands c times counts 1 + ln c. The sum is brought to length 1.
 */
import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { GuerdonError } from '../records/error.ts'
import type { EmbedOptions, Encoder, HashedNGramsSpec } from './encoder.ts'

/** Raised when the same text and options begin to give other numbers. */
const VERSION = 1
const DEFAULT_WIDTH = 512
/** columns for the form of the text, at the end */
export const FORM_COLUMNS = 8
/** milliseconds of work after which other work of the process gets its turn */
const TURN = 12
/** start and multiplier of FNV-1a, over UTF-16 units */
const BASIS = 0x811c9dc5
const PRIME = 0x01000193
/** start of hashes of characters, so that a word and the same characters fall on different columns */
const CHARACTERS = 0x9747b28c
const BLANK = 32

/** Spreads a hash over all 32 bits (the finaliser of MurmurHash3). */
function spread(hash: number): number {
  let value = hash
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}

const DIGIT = 1
const UPPER = 2
const SPACE = 3
const LETTER = 4
const MARK = 5
const BEYOND = 6

/** The kind of a UTF-16 unit below 128; everything above is a letter to this encoder. */
function kindsOfAscii(): Uint8Array {
  const kinds = new Uint8Array(128).fill(MARK)
  kinds.fill(SPACE, 0, 33)
  kinds.fill(DIGIT, 48, 58)
  kinds.fill(UPPER, 65, 91)
  kinds.fill(LETTER, 97, 123)
  kinds[127] = SPACE
  return kinds
}

/** Distinct n-grams of one family of one text, counted in an open table of their 32-bit hashes. */
class GramCounter {
  #hashes = new Uint32Array(1 << 12)
  #counts = new Uint32Array(1 << 12)
  /** places that are taken, in the order in which they were */
  #taken = new Uint32Array(1 << 11)
  #size = 0

  add(hash: number): void {
    const mask = this.#hashes.length - 1
    let place = hash & mask
    while (this.#counts[place] !== 0) {
      if (this.#hashes[place] === hash) {
        this.#counts[place]!++
        return
      }
      place = (place + 1) & mask
    }
    this.#hashes[place] = hash
    this.#counts[place] = 1
    this.#taken[this.#size++] = place
    if (this.#size === this.#taken.length) this.#grow()
  }

  /** Adds the family, brought to length 1, to a vector's first `columns` places from `start` on; the table is empty then. */
  drain(into: Float64Array, columns: number): void {
    let squares = 0
    for (let index = 0; index < this.#size; index++) {
      const weight = 1 + Math.log(this.#counts[this.#taken[index]!]!)
      squares += weight * weight
    }
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0
    for (let index = 0; index < this.#size; index++) {
      const place = this.#taken[index]!
      const hash = this.#hashes[place]!
      const weight = scale * (1 + Math.log(this.#counts[place]!))
      // The lowest bit signs and the others choose, so that neither says anything about the other.
      into[(hash >>> 1) % columns]! += (hash & 1) === 0 ? weight : -weight
      this.#counts[place] = 0
    }
    this.#size = 0
  }

  #grow(): void {
    const [hashes, counts, taken, size] = [this.#hashes, this.#counts, this.#taken, this.#size]
    this.#hashes = new Uint32Array(hashes.length * 2)
    this.#counts = new Uint32Array(counts.length * 2)
    this.#taken = new Uint32Array(taken.length * 2)
    const mask = this.#hashes.length - 1
    for (let index = 0; index < size; index++) {
      const old = taken[index]!
      let place = hashes[old]! & mask
      while (this.#counts[place] !== 0) place = (place + 1) & mask
      this.#hashes[place] = hashes[old]!
      this.#counts[place] = counts[old]!
      this.#taken[index] = place
    }
  }
}

/**
 * The built-in encoder.
 *
 * The form columns are, in this order: ln(1 + characters)/10, ln(1 + words)/10, ln(1 + lines)/10, and the shares of
 * capitals, digits, marks, characters beyond ASCII and distinct words (0 for a text without any); they come beside the
 * n-grams and are not part of what has length 1. The same numbers on every machine up to the last digit of `Math.log`.
 */
export class HashedNGrams implements Encoder {
  readonly name = 'hashed-n-grams'
  readonly width: number
  readonly digest: string
  readonly notice =
    'texts were encoded by hashed n-grams, without a model: what they mean is seen only through the words they use'
  readonly #columns: number
  readonly #form: boolean
  readonly #seed: number
  readonly #kinds = kindsOfAscii()
  #closed = false

  /** @throws GuerdonError ARGUMENT_INVALID when the form leaves fewer than 8 columns to the n-grams */
  constructor(spec: Omit<HashedNGramsSpec, 'use'> = {}) {
    this.width = spec.width ?? DEFAULT_WIDTH
    this.#form = spec.form ?? true
    this.#seed = spec.seed ?? 0
    this.#columns = this.width - (this.#form ? FORM_COLUMNS : 0)
    if (this.#columns < 8) {
      throw new GuerdonError('ARGUMENT_INVALID', 'hashed n-grams have too few columns', {
        found: this.width,
        expected: 'a width of 16 or more',
      })
    }
    const decides = [this.name, VERSION, this.width, this.#form, this.#seed]
    this.digest = createHash('sha256').update(JSON.stringify(decides)).digest('hex')
  }

  async embed(texts: readonly string[], options: EmbedOptions = {}): Promise<Float32Array> {
    const embeddings = new Float32Array(texts.length * this.width)
    const counter = new GramCounter()
    const row = new Float64Array(this.#columns)
    let turn = performance.now()
    for (let index = 0; index < texts.length; index++) {
      this.#checkGoing(options.abort)
      this.#write(texts[index]!, counter, row, embeddings, index * this.width)
      if (performance.now() - turn > TURN) {
        options.progress?.(index + 1, texts.length)
        await nextTurn()
        turn = performance.now()
      }
    }
    this.#checkGoing(options.abort)
    options.progress?.(texts.length, texts.length)
    return embeddings
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  #checkGoing(abort: AbortSignal | undefined): void {
    if (abort?.aborted) throw new GuerdonError('RUN_CANCELLED', 'the encoding of texts was cancelled')
    if (this.#closed) throw new GuerdonError('ARGUMENT_INVALID', 'the encoder is closed')
  }

  #write(text: string, counter: GramCounter, row: Float64Array, into: Float32Array, start: number): void {
    row.fill(0)
    const lower = text.normalize('NFKC').toLowerCase()
    const words = this.#words(lower)
    for (const word of words) counter.add(spread(word))
    counter.drain(row, this.#columns)
    for (let index = 1; index < words.length; index++)
      counter.add(spread(Math.imul(words[index - 1]! ^ (words[index]! << 7), PRIME) ^ words[index]!))
    counter.drain(row, this.#columns)
    this.#countCharacters(lower, counter)
    counter.drain(row, this.#columns)
    let squares = 0
    for (let column = 0; column < this.#columns; column++) squares += row[column]! * row[column]!
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0
    for (let column = 0; column < this.#columns; column++) into[start + column] = row[column]! * scale
    if (this.#form) this.#writeForm(text, words, into, start + this.#columns)
  }

  /** Hashes of the words in their order: runs of letters and digits, and every mark alone. */
  #words(lower: string): Uint32Array {
    const words = new Uint32Array(lower.length)
    let count = 0
    let hash = 0
    let inside = false
    for (let index = 0; index < lower.length; index++) {
      const unit = lower.charCodeAt(index)
      const kind = unit < 128 ? this.#kinds[unit]! : LETTER
      if (kind === SPACE || kind === MARK) {
        if (inside) words[count++] = hash
        inside = false
        if (kind === MARK) words[count++] = Math.imul(this.#seed ^ BASIS ^ unit, PRIME)
      } else {
        hash = Math.imul((inside ? hash : this.#seed ^ BASIS) ^ unit, PRIME)
        inside = true
      }
    }
    if (inside) words[count++] = hash
    return words.subarray(0, count)
  }

  /** Counts runs of 3, 4 and 5 characters; white space is one blank, and one stands before and behind the text. */
  #countCharacters(lower: string, counter: GramCounter): void {
    const units = new Uint16Array(lower.length + 2)
    units[0] = BLANK
    let count = 1
    for (let index = 0; index < lower.length; index++) {
      const unit = lower.charCodeAt(index)
      const blank = unit < 128 && this.#kinds[unit] === SPACE
      if (!blank) units[count++] = unit
      else if (units[count - 1] !== BLANK) units[count++] = BLANK
    }
    if (count === 1) return
    if (units[count - 1] !== BLANK) units[count++] = BLANK
    for (let index = 0; index + 2 < count; index++) {
      // The lengths begin alike: a run of four goes on from the run of three at its place.
      let hash = this.#seed ^ CHARACTERS
      hash = Math.imul(hash ^ units[index]!, PRIME)
      hash = Math.imul(hash ^ units[index + 1]!, PRIME)
      hash = Math.imul(hash ^ units[index + 2]!, PRIME)
      counter.add(spread(hash))
      if (index + 3 >= count) continue
      hash = Math.imul(hash ^ units[index + 3]!, PRIME)
      counter.add(spread(hash))
      if (index + 4 >= count) continue
      hash = Math.imul(hash ^ units[index + 4]!, PRIME)
      counter.add(spread(hash))
    }
  }

  #writeForm(text: string, words: Uint32Array, into: Float32Array, start: number): void {
    let lines = text === '' ? 0 : 1
    let [capitals, digits, marks, beyond] = [0, 0, 0, 0]
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index)
      if (unit === 10) lines++
      const kind = unit < 128 ? this.#kinds[unit]! : BEYOND
      if (kind === UPPER) capitals++
      else if (kind === DIGIT) digits++
      else if (kind === MARK) marks++
      else if (kind === BEYOND) beyond++
    }
    const characters = Math.max(1, text.length)
    into[start] = Math.log1p(text.length) / 10
    into[start + 1] = Math.log1p(words.length) / 10
    into[start + 2] = Math.log1p(lines) / 10
    into[start + 3] = capitals / characters
    into[start + 4] = digits / characters
    into[start + 5] = marks / characters
    into[start + 6] = beyond / characters
    into[start + 7] = words.length === 0 ? 0 : new Set(words).size / words.length
  }
}
