/**
 * Sentence BLEU in the two dialects that rewards use: Hugging Face `evaluate` (shortest reference, add-one smoothing of
 * every order) and sacrebleu (closest reference, four kinds of smoothing, effective order). They rank short texts
 * differently: a wrong one-word answer gets 0.84 from hf-smooth and 0 from sacrebleu.
 * Source: tensorflow/nmt nmt/scripts/bleu.py `compute_bleu`; mjpost/sacrebleu metrics/bleu.py `BLEU.sentence_score`.
 */
import { GuerdonError } from '../../records/error.ts'
import { NgramIndex } from './ngram-index.ts'
import type { Tokenizer } from './tokenizers.ts'
import { trimEnd } from './whitespace.ts'

export const BLEU_VARIANTS = ['hf-smooth', 'hf-plain', 'sacrebleu'] as const
export const BLEU_SMOOTHINGS = ['exp', 'floor', 'add-k', 'none'] as const

export interface BleuOptions {
  readonly variant: (typeof BLEU_VARIANTS)[number]
  readonly order?: number
  readonly tokenizer?: Tokenizer
  readonly lowercase?: boolean
  /** sacrebleu only; default exp */
  readonly smoothing?: (typeof BLEU_SMOOTHINGS)[number]
  /** sacrebleu only: the floor (0.1) or k (1) */
  readonly smoothingValue?: number
  /** sacrebleu only: the mean runs over the orders that the text has; default false, as in the library */
  readonly effectiveOrder?: boolean
}

/** A score with what it rests on. hf scores and precisions lie in [0, 1], sacrebleu's in [0, 100]. */
export interface BleuDetails {
  readonly score: number
  readonly precisions: number[]
  readonly brevityPenalty: number
  readonly hypothesisLength: number
  readonly referenceLength: number
  /** clipped n-gram matches by order */
  readonly matches: number[]
  /** n-grams of the hypothesis by order */
  readonly totals: number[]
}

/**
 * Scores texts against one prompt's references, which are tokenised once.
 *
 * @example const scorer = new BleuScorer({ variant: 'hf-smooth' })
 *   scorer.setReferences(['The cat sat.'])
 *   scorer.score('The cat sat.') // 1
 */
export class BleuScorer {
  readonly #options: BleuOptions
  readonly #index: NgramIndex
  readonly #precisions: Float64Array
  #shortest = 0
  #hypothesisLength = 0
  #referenceLength = 0
  #brevityPenalty = 0

  constructor(options: BleuOptions) {
    const { variant, order = 4, tokenizer = '13a', lowercase = false } = options
    this.#options = options
    this.#index = new NgramIndex({
      order,
      tokenizer,
      lowercase,
      ...(variant === 'sacrebleu' ? { trimmed: trimEnd } : {}),
    })
    this.#precisions = new Float64Array(order)
  }

  /** Number of tokens of each reference. */
  get referenceLengths(): readonly number[] {
    return this.#index.referenceLengths
  }

  /** The references that the next scores are measured against (at least one). */
  setReferences(references: readonly string[]): void {
    if (references.length === 0) {
      throw new GuerdonError('ARGUMENT_INVALID', 'BLEU has no reference', {
        expected: 'one reference or more',
      })
    }
    this.#index.fill(references)
    this.#shortest = Math.min(...this.#index.referenceLengths)
  }

  /**
   * BLEU of a text against the references.
   * hf: BP·exp(Σ_n ln p_n / N), p_n = (m_n + 1)/(c_n + 1) smoothed or m_n/c_n, r = length / shortest reference,
   * BP = 1 if r > 1 else exp(1 − 1/r); undefined for a text or a reference without tokens (a length of 0 divides).
   * sacrebleu: the same mean of 100·m_n/c_n with its smoothing, BP by the closest reference; no match at all is 0.
   */
  score(text: string): number | undefined {
    this.#hypothesisLength = this.#index.match(text)
    return this.#options.variant === 'sacrebleu'
      ? this.#sacrebleu()
      : this.#hf(this.#options.variant === 'hf-smooth')
  }

  /** What a score just returned by `score` rests on. */
  details(score: number): BleuDetails {
    return {
      score,
      precisions: Array.from(this.#precisions),
      brevityPenalty: this.#brevityPenalty,
      hypothesisLength: this.#hypothesisLength,
      referenceLength: this.#referenceLength,
      matches: Array.from(this.#index.matches),
      totals: Array.from(this.#precisions, (_, order) => Math.max(this.#hypothesisLength - order, 0)),
    }
  }

  #hf(smooth: boolean): number | undefined {
    const { matches, order } = this.#index
    const length = this.#hypothesisLength
    if (length === 0 || this.#shortest === 0) return undefined
    this.#referenceLength = this.#shortest
    let logarithms = 0
    for (let index = 0; index < order; index++) {
      const total = Math.max(length - index, 0)
      const precision = smooth
        ? (matches[index]! + 1) / (total + 1)
        : total === 0
          ? 0
          : matches[index]! / total
      this.#precisions[index] = precision
      logarithms += Math.log(precision)
    }
    const ratio = length / this.#shortest
    this.#brevityPenalty = ratio > 1 ? 1 : Math.exp(1 - 1 / ratio)
    return this.#brevityPenalty * Math.exp(logarithms / order)
  }

  #sacrebleu(): number {
    const { matches, order, referenceLengths } = this.#index
    const { smoothing = 'exp', effectiveOrder = false } = this.#options
    const value = this.#options.smoothingValue ?? (smoothing === 'floor' ? 0.1 : 1)
    const precisions = this.#precisions.fill(0)
    const length = this.#hypothesisLength
    const closest = closestLength(length, referenceLengths)
    this.#referenceLength = closest
    this.#brevityPenalty = length >= closest ? 1 : length > 0 ? Math.exp(1 - closest / length) : 0
    // Without unigram matches no order matches.
    if (matches[0] === 0) return 0
    let seen = order
    let halvings = 1
    for (let index = 0; index < order; index++) {
      const added = smoothing === 'add-k' && index > 0 ? value : 0
      const total = Math.max(length - index, 0) + added
      const matched = matches[index]! + added
      if (total === 0) break
      if (effectiveOrder) seen = index + 1
      if (matched > 0) precisions[index] = (100 * matched) / total
      else if (smoothing === 'exp') {
        halvings *= 2
        precisions[index] = 100 / (halvings * total)
      } else if (smoothing === 'floor') precisions[index] = (100 * value) / total
    }
    let logarithms = 0
    for (let index = 0; index < seen; index++) {
      if (precisions[index] === 0) return 0
      logarithms += Math.log(precisions[index]!)
    }
    return this.#brevityPenalty * Math.exp(logarithms / seen)
  }
}

/** The reference length closest to a length; of two as close, the shorter one. */
function closestLength(length: number, lengths: readonly number[]): number {
  let closest = lengths[0]!
  for (const other of lengths) {
    const difference = Math.abs(other - length) - Math.abs(closest - length)
    if (difference < 0 || (difference === 0 && other < closest)) closest = other
  }
  return closest
}

/**
 * Sentence BLEU of one text with everything it rests on. For many texts of one prompt use `BleuScorer`.
 *
 * @throws GuerdonError ARGUMENT_INVALID without a reference, or where hf divides by a length of 0
 * @example sentenceBleu('word', ['another'], { variant: 'hf-smooth' }).score // 0.8409 = 0.5^(1/4)
 */
export function sentenceBleu(text: string, references: readonly string[], options: BleuOptions): BleuDetails {
  const scorer = new BleuScorer(options)
  scorer.setReferences(references)
  const score = scorer.score(text)
  if (score === undefined) {
    throw new GuerdonError('ARGUMENT_INVALID', 'BLEU divides by a length of 0', {
      expected: 'a text and references of at least one token',
    })
  }
  return scorer.details(score)
}
