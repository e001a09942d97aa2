/**
 * The texts of a batch as bytes: UTF-8 one behind the other, and a table of two numbers a text that says what lies where
 * and how long it was. Texts are read one by one, however large their batch is.
 */
import { encodeText } from '../text-encoding.ts'
import type { BatchPart, StoredText } from './batch-lines.ts'

/** in place of a length: the text is messages as JSON */
const MESSAGES = 0xffffffff
/** in place of a length: the prompt of the row before */
const SAME = 0xfffffffe

export interface StoredTexts {
  /** [end in `bytes`, length in UTF-16 units of the text as it was given] of each entry */
  readonly ends: Uint32Array
  readonly bytes: Uint8Array
}

/** Bytes kept for the next batch; an exceptionally large one gives its memory back. */
const KEPT_BYTES = 16_000_000

/** Writes texts; its memory is used again, so what it gave is valid until it is asked next. */
export class TextWriter {
  #memory = Buffer.alloc(0)

  /** The texts that are `parts` from `first` on, `count` of them. */
  write(parts: readonly BatchPart[], first: number, count: number): StoredTexts {
    if (this.#memory.length > KEPT_BYTES) this.#memory = Buffer.alloc(0)
    const ends = new Uint32Array(2 * count)
    let at = 0
    for (let place = 0; place < count; place++) {
      const part = parts[first + place]!
      if (part === null) ends[2 * place + 1] = SAME
      else {
        const isText = typeof part === 'string'
        at += this.#put(isText ? encodeText(part) : part.messages, at)
        ends[2 * place + 1] = isText ? part.length : MESSAGES
      }
      ends[2 * place] = at
    }
    return { ends, bytes: this.#memory.subarray(0, at) }
  }

  #put(text: string, at: number): number {
    // A UTF-16 unit is three bytes at most.
    const needed = at + 3 * text.length
    if (this.#memory.length < needed) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#memory.length))
      larger.set(this.#memory.subarray(0, at))
      this.#memory = larger
    }
    return this.#memory.write(text, at, 'utf8')
  }
}

/** Reads the texts of one batch. */
export class TextReader {
  readonly #ends: Uint32Array
  readonly #bytes: Buffer

  constructor(ends: Uint8Array, bytes: Uint8Array) {
    this.#ends = tableOf(ends)
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Row whose prompt stands for this row's too. */
  promptRow(row: number): number {
    let from = row
    while (this.#ends[4 * from + 1] === SAME) from--
    return from
  }

  prompt(row: number): StoredText {
    return this.#entry(2 * this.promptRow(row))
  }

  completion(row: number): StoredText {
    return this.#entry(2 * row + 1)
  }

  #entry(entry: number): StoredText {
    const start = entry === 0 ? 0 : this.#ends[2 * entry - 2]!
    const text = this.#bytes.toString('utf8', start, this.#ends[2 * entry]!)
    return this.#ends[2 * entry + 1] === MESSAGES ? { messages: text } : { text }
  }
}

/** The length of a row's completion as it was given; undefined when that is a list of messages. */
export function completionLength(ends: Uint32Array, row: number): number | undefined {
  const length = ends[4 * row + 3]!
  return length === MESSAGES ? undefined : length
}

/** The table in stored bytes, copied when they do not lie on a multiple of four. */
export function tableOf(ends: Uint8Array): Uint32Array {
  const { buffer, byteOffset, byteLength } = ends.byteOffset % 4 === 0 ? ends : ends.slice()
  return new Uint32Array(buffer, byteOffset, byteLength / 4)
}

/** The bytes of a table. */
export function tableBytes(ends: Uint32Array): Uint8Array {
  return new Uint8Array(ends.buffer, ends.byteOffset, ends.byteLength)
}
