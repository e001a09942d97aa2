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
  /** by position of the text at hand: the node of the n-gram that starts there, −1 once no reference has it */
  #heads = new Int32Array(256)
  #edges = new Int32Array(0)
  #mask = 0
  #nodes = 0
  /** by node: the largest count over references, and the counts of the text at hand */
  #largest = new Int32Array(256)
  #counts = new Int32Array(256)

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
      this.#counts.fill(0, 0, this.#nodes)
      this.#addReference(start, start + count)
      start += count
    }
  }

  /** Adds the n-grams of the tokens from `start` to `end`, order by order, and raises the largest counts to theirs. */
  #addReference(start: number, end: number): void {
    const tokens = this.#tokens
    const heads = this.#heads
    const counts = this.#counts
    const largest = this.#largest
    for (let length = 1; length <= this.order; length++) {
      for (let first = start; first <= end - length; first++) {
        const node = length === 1 ? tokens[first]! : this.#extend(heads[first]!, tokens[first + length - 1]!)
        heads[first] = node
        const count = ++counts[node]!
        if (count > largest[node]!) largest[node] = count
      }
    }
  }

  /** Counts the matches of a text into `matches` and returns its number of tokens. */
  match(text: string): number {
    this.#scan(text)
    const size = this.#spans.count
    this.#reserveTokens(size)
    const tokens = this.#tokens
    this.#vocabulary.find(this.#spans, tokens)
    const { order, matches } = this
    const heads = this.#heads
    const edges = this.#edges
    const mask = this.#mask
    // What the references still have to give, so that a match is one that finds something left.
    const left = this.#counts
    left.set(this.#largest.subarray(0, this.#nodes))
    let matched = 0
    for (let first = 0; first < size; first++) {
      const node = tokens[first]!
      heads[first] = node
      if (node >= 0 && left[node]!-- > 0) matched++
    }
    matches.fill(0)
    matches[0] = matched
    // Order by order rather than start by start: the look-ups of one order do not wait for one another.
    for (let length = 2; length <= order && matched > 0; length++) {
      matched = 0
      for (let first = 0; first <= size - length; first++) {
        const head = heads[first]!
        const token = tokens[first + length - 1]!
        if ((head | token) < 0) {
          heads[first] = -1
          continue
        }
        let slot = (slotOf(head, token) & mask) * STRIDE
        while (edges[slot]! >= 0 && (edges[slot] !== head || edges[slot + 1] !== token)) {
          slot = slot === mask * STRIDE ? 0 : slot + STRIDE
        }
        const node = edges[slot]! < 0 ? -1 : edges[slot + 2]!
        heads[first] = node
        if (node >= 0 && left[node]!-- > 0) matched++
      }
      matches[length - 1] = matched
    }
    return size
  }

  #extend(node: number, token: number): number {
    const edges = this.#edges
    const mask = this.#mask
    let slot = (slotOf(node, token) & mask) * STRIDE
    while (edges[slot]! >= 0) {
      if (edges[slot] === node && edges[slot + 1] === token) return edges[slot + 2]!
      slot = slot === mask * STRIDE ? 0 : slot + STRIDE
    }
    edges[slot] = node
    edges[slot + 1] = token
    edges[slot + 2] = this.#nodes
    return this.#nodes++
  }

  #reserveTokens(size: number): void {
    if (size <= this.#tokens.length) return
    const larger = new Int32Array(2 * size)
    larger.set(this.#tokens)
    this.#tokens = larger
    this.#heads = new Int32Array(2 * size)
  }

  /** Room for a number of nodes, and an empty table at most half full of edges. */
  #reserveNodes(size: number): void {
    if (size > this.#largest.length) {
      this.#largest = new Int32Array(2 * size)
      this.#counts = new Int32Array(2 * size)
    } else {
      this.#largest.fill(0, 0, size)
      this.#counts.fill(0, 0, size)
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
