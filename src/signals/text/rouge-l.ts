/**
 * ROUGE-L of a completion against the prompt's references: how long a common subsequence of words they share.
 * Range [0, 1]. Only Latin letters and digits are words: text in other scripts scores 0.
 */
import { z } from 'zod'
import { defineSignal } from '../../kinds/signal.ts'
import { createColumn } from '../../records/column.ts'
import { answerText } from './answer-text.ts'
import { forReferences } from './for-references.ts'
import { TokenSpans } from './tokenizers.ts'
import { Vocabulary } from './vocabulary.ts'

export interface RougeScore {
  readonly precision: number
  readonly recall: number
  readonly fmeasure: number
}

function scanWords(text: string, spans: TokenSpans): void {
  spans.reset(text.toLowerCase())
  const { starts, ends, units } = spans
  const size = spans.text.length
  let count = 0
  let start = -1
  for (let index = 0; index <= size; index++) {
    const code = index < size ? units[index]! : 0
    const inside = (code >= 97 && code <= 122) || (code >= 48 && code <= 57)
    if (inside && start < 0) start = index
    else if (!inside && start >= 0) {
      starts[count] = start
      ends[count++] = index
      start = -1
    }
  }
  spans.count = count
}

/**
 * The words ROUGE compares: the lower-cased text cut at everything but a–z and 0–9, without stemming.
 *
 * @example rougeTokens("It's 3.14") // ['it', 's', '3', '14']
 */
export function rougeTokens(text: string): string[] {
  const spans = new TokenSpans()
  scanWords(text, spans)
  return Array.from({ length: spans.count }, (_, index) => spans.token(index))
}

/**
 * Compares texts with one prompt's references; the longest common subsequence is counted 32 words at a time, with a
 * bit for every word of the text.
 */
export class RougeScorer {
  readonly #vocabulary = new Vocabulary()
  readonly #spans = new TokenSpans()
  #references: Int32Array[] = []
  #words = new Int32Array(0)
  /** by word of the vocabulary: where in the text it stands, as bits */
  #positions = new Uint32Array(0)

  setReferences(references: readonly string[]): void {
    this.#vocabulary.clear()
    this.#references = references.map((reference) => {
      scanWords(reference, this.#spans)
      const words = new Int32Array(this.#spans.count)
      this.#vocabulary.add(this.#spans, words, 0)
      return words
    })
  }

  /** P = L/|text|, R = L/|reference|, F = 2PR/(P + R) against each reference; all 0 without a common word. */
  scores(text: string): RougeScore[] {
    scanWords(text, this.#spans)
    const size = this.#spans.count
    if (size > this.#words.length) this.#words = new Int32Array(2 * size)
    this.#vocabulary.find(this.#spans, this.#words)
    const cells = Math.ceil(size / 32)
    const needed = this.#vocabulary.size * cells
    if (needed > this.#positions.length) this.#positions = new Uint32Array(needed)
    else this.#positions.fill(0, 0, needed)
    for (let index = 0; index < size; index++) {
      const word = this.#words[index]!
      if (word >= 0) this.#positions[word * cells + (index >> 5)]! |= 1 << (index & 31)
    }
    return this.#references.map((reference) => {
      const common = this.#commonLength(reference, cells, size)
      if (common === 0) return { precision: 0, recall: 0, fmeasure: 0 }
      const precision = common / size
      const recall = common / reference.length
      return { precision, recall, fmeasure: (2 * precision * recall) / (precision + recall) }
    })
  }

  /** Bit-parallel longest common subsequence: row V, V ← (V + (V & M)) | (V & ~M); the zeros left are its length. */
  #commonLength(reference: Int32Array, cells: number, size: number): number {
    const row = new Uint32Array(cells).fill(0xffffffff)
    for (const word of reference) {
      let carry = 0
      for (let cell = 0; cell < cells; cell++) {
        const value = row[cell]!
        const matched = value & this.#positions[word * cells + cell]!
        const sum = value + (matched >>> 0) + carry
        carry = sum > 0xffffffff ? 1 : 0
        row[cell] = sum | (value & ~matched)
      }
    }
    let zeros = 0
    for (let index = 0; index < size; index++) {
      if (((row[index >> 5]! >>> (index & 31)) & 1) === 0) zeros++
    }
    return zeros
  }
}

/**
 * ROUGE-L of a text: its best F-measure over the references.
 * Source: rouge_score `RougeScorer` without stemming (Lin 2004).
 *
 * @example rougeL('plain text', ['plain text too']) // 0.8
 */
export function rougeL(text: string, references: readonly string[]): number {
  return best(rougeScores(text, references))
}

/** Precision, recall and F-measure of a text against each reference. */
export function rougeScores(text: string, references: readonly string[]): RougeScore[] {
  const scorer = new RougeScorer()
  scorer.setReferences(references)
  return scorer.scores(text)
}

function best(scores: readonly RougeScore[]): number {
  let highest = 0
  for (const { fmeasure } of scores) highest = Math.max(highest, fmeasure)
  return highest
}

export const rougeLSignal = defineSignal({
  name: 'rouge-l',
  summary: 'ROUGE-L F-measure of the completion against the best of its references.',
  paper: { slug: '49-bleuberi', title: 'BLEUBERI', source: 'training/utils.py rouge_reward; rouge_score' },
  formula: 'max over references of 2PR / (P + R), P = L/|text|, R = L/|reference|',
  range: '[0, 1]',
  grain: 'rollout',
  aliases: ['rouge', 'longest common subsequence'],
  parameters: z.object({
    answer: z
      .enum(['whole', 'tags'])
      .default('whole')
      .describe('what is compared: the whole completion, or the text inside its <answer> tags'),
  }),
  examples: [
    {
      title: 'two of three words',
      input: { rollouts: [{ completion: 'plain text', reference: 'plain text too' }, { completion: 'x' }] },
      result: [0.8, null],
      tolerance: 1e-12,
    },
  ],
  score(batch, { answer }, { evidence }) {
    const column = createColumn(batch.size)
    const scorer = new RougeScorer()
    if (evidence) column.evidence = new Array(batch.size)
    forReferences(
      batch,
      column,
      (references) => {
        scorer.setReferences(references)
        return undefined
      },
      (row) => {
        const completion = batch.completions[row]!
        const scores = scorer.scores(answer === 'tags' ? answerText(completion) : completion)
        column.values[row] = best(scores)
        if (column.evidence !== undefined) column.evidence[row] = { perReference: scores }
      },
    )
    return column
  },
})
