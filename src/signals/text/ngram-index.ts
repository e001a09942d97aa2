/**
 * The n-grams of a prompt's references, ready to be matched: tokens are numbered, n-grams are nodes of a tree whose
 * edges lie in one hash table, and matching a text walks it. Exact (keys are compared, never only hashes), and without
 * a string or an object per n-gram.
 */
import { scanTokens, type Tokenizer, TokenSpans } from './tokenizers.ts'
import { Vocabulary } from './vocabulary.ts'

export interface NgramOptions {
  readonly order: number
  readonly tokenizer: Tokenizer
  readonly lowercase: boolean
  /** removes white space at the end before tokenising, which matters to tokenisers that do not pad (sacrebleu) */
  readonly trimmed?: (text: string) => string
}

/** Words of an edge: parent node, token, child node. */
const STRIDE = 3

/**
 * An index that is filled with one prompt's references at a time and reused for the next prompt's.
 *
 * @example const index = new NgramIndex({ order: 2, tokenizer: '13a', lowercase: false })
 *   index.fill(['the cat sat'])
 *   index.match('the cat ran') // 3 tokens; index.matches is [2, 1]
 */
export class NgramIndex {
  readonly order: number
  /** clipped matches of the last text by order: Σ min(count in the text, largest count in a reference) */
  readonly matches: Int32Array
  /** number of tokens of each reference, in their order */
  referenceLengths: number[] = []
  readonly #options: NgramOptions
  readonly #vocabulary = new Vocabulary()
  readonly #spans = new TokenSpans()
  #tokens = new Int32Array(256)
  #edges = new Int32Array(0)
  #mask = 0
  /** by node: largest count over references; count in the text at hand; the text that count belongs to */
  #largest = new Int32Array(256)
  #counts = new Int32Array(256)
  #countedIn = new Int32Array(256)
  #nodes = 0
  #text = 0

  constructor(options: NgramOptions) {
    this.#options = options
    this.order = options.order
    this.matches = new Int32Array(options.order)
  }

  #scan(text: string): void {
    const { tokenizer, lowercase, trimmed } = this.#options
    const cased = lowercase ? text.toLowerCase() : text
    scanTokens(trimmed === undefined ? cased : trimmed(cased), tokenizer, this.#spans)
  }

  /** Replaces what the index holds by the n-grams of `references`. */
  fill(references: readonly string[]): void {
    this.#vocabulary.clear()
    this.referenceLengths = []
    let total = 0
    for (const reference of references) {
      this.#scan(reference)
      const { count } = this.#spans
      this.referenceLengths.push(count)
      this.#reserveTokens(total + count)
      this.#vocabulary.add(this.#spans, this.#tokens, total)
      total += count
    }
    this.#reserveNodes(this.#vocabulary.size + (this.order - 1) * total)
    this.#nodes = this.#vocabulary.size
    let start = 0
    for (const count of this.referenceLengths) {
      this.#text++
      for (let first = start; first < start + count; first++) {
        const last = Math.min(first + this.order, start + count)
        let node = this.#tokens[first]!
        this.#raise(node)
        for (let next = first + 1; next < last; next++) {
          node = this.#extend(node, this.#tokens[next]!)
          this.#raise(node)
        }
      }
      start += count
    }
  }

  /** Counts the matches of a text into `matches` and returns its number of tokens. */
  match(text: string): number {
    this.#scan(text)
    const size = this.#spans.count
    this.#reserveTokens(size)
    const tokens = this.#tokens
    this.#vocabulary.find(this.#spans, tokens)
    this.#text++
    const { order, matches } = this
    const edges = this.#edges
    const mask = this.#mask
    const counts = this.#counts
    const countedIn = this.#countedIn
    const largest = this.#largest
    const current = this.#text
    matches.fill(0)
    for (let first = 0; first < size; first++) {
      let node = tokens[first]!
      let length = 0
      while (node >= 0) {
        if (countedIn[node] !== current) {
          countedIn[node] = current
          counts[node] = 0
        }
        if (++counts[node]! <= largest[node]!) matches[length]!++
        length++
        if (length === order || first + length === size) break
        const token = tokens[first + length]!
        if (token < 0) break
        let slot = slotOf(node, token) & mask
        while (edges[slot * STRIDE]! >= 0) {
          if (edges[slot * STRIDE] === node && edges[slot * STRIDE + 1] === token) break
          slot = (slot + 1) & mask
        }
        node = edges[slot * STRIDE]! < 0 ? -1 : edges[slot * STRIDE + 2]!
      }
    }
    return size
  }

  /** Counts one more of a node in the reference at hand. */
  #raise(node: number): void {
    if (this.#countedIn[node] !== this.#text) {
      this.#countedIn[node] = this.#text
      this.#counts[node] = 0
    }
    const count = ++this.#counts[node]!
    if (count > this.#largest[node]!) this.#largest[node] = count
  }

  #extend(node: number, token: number): number {
    const edges = this.#edges
    let slot = slotOf(node, token) & this.#mask
    while (edges[slot * STRIDE]! >= 0) {
      if (edges[slot * STRIDE] === node && edges[slot * STRIDE + 1] === token)
        return edges[slot * STRIDE + 2]!
      slot = (slot + 1) & this.#mask
    }
    edges[slot * STRIDE] = node
    edges[slot * STRIDE + 1] = token
    edges[slot * STRIDE + 2] = this.#nodes
    return this.#nodes++
  }

  #reserveTokens(size: number): void {
    if (size <= this.#tokens.length) return
    const larger = new Int32Array(2 * size)
    larger.set(this.#tokens)
    this.#tokens = larger
  }

  /** Room for a number of nodes, and an empty table at most half full of edges. */
  #reserveNodes(size: number): void {
    if (size > this.#largest.length) {
      this.#largest = new Int32Array(2 * size)
      this.#counts = new Int32Array(2 * size)
      this.#countedIn = new Int32Array(2 * size)
      this.#text = 0
    } else {
      this.#largest.fill(0, 0, size)
      if (this.#text > 1e9) {
        this.#countedIn.fill(0)
        this.#text = 0
      }
    }
    let slots = 64
    while (slots < 2 * size) slots *= 2
    this.#mask = slots - 1
    if (slots * STRIDE > this.#edges.length) this.#edges = new Int32Array(slots * STRIDE).fill(-1)
    else this.#edges.fill(-1, 0, slots * STRIDE)
  }
}

function slotOf(node: number, token: number): number {
  const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(token, 0x85ebca6b)
  return mixed ^ (mixed >>> 15)
}
