/** Texts that share a run of words with an evaluation set. */
import { wordsOf } from '../../numerics/word-grams.ts'
import { GuerdonError } from '../../records/error.ts'

/**
 * The n-grams of evaluation texts, to be asked whether a text shares one. Words are lower-cased and split on white
 * space; texts with fewer than n words have no n-gram and match nothing. Grams are compared as text, so that no hash
 * collision names a clean row. Source: paper 35, cleaning (n = 13).
 */
export class EvaluationGrams {
  readonly n: number
  readonly #grams = new Set<string>()
  /** the first words of all grams: most places of most texts are passed over without building a gram */
  readonly #firstWords = new Set<string>()

  /** @throws GuerdonError ARGUMENT_INVALID for an n that is no whole number from 1 */
  constructor(texts: Iterable<string>, n = 13) {
    if (!Number.isSafeInteger(n) || n < 1) {
      throw new GuerdonError('ARGUMENT_INVALID', 'n is no number of words', {
        found: n,
        expected: 'a whole number from 1',
      })
    }
    this.n = n
    for (const text of texts) {
      const words = wordsOf(text)
      for (let start = 0; start + n <= words.length; start++) {
        this.#grams.add(words.slice(start, start + n).join(' '))
        this.#firstWords.add(words[start]!)
      }
    }
  }

  /** how many different n-grams there are */
  get size(): number {
    return this.#grams.size
  }

  /** The first n-gram that the words share with the evaluation texts, or undefined. */
  sharedWith(words: readonly string[]): string | undefined {
    for (let start = 0; start + this.n <= words.length; start++) {
      if (!this.#firstWords.has(words[start]!)) continue
      const gram = words.slice(start, start + this.n).join(' ')
      if (this.#grams.has(gram)) return gram
    }
    return undefined
  }
}

/**
 * Whether each training text shares a word n-gram with any evaluation text: 1 or 0, one a text.
 *
 * @throws GuerdonError ARGUMENT_INVALID for an n that is no whole number from 1
 * @example ngramOverlap(['The cat sat', 'a dog'], ['the CAT slept'], 2) // Uint8Array [1, 0]
 */
export function ngramOverlap(training: readonly string[], evaluation: Iterable<string>, n = 13): Uint8Array {
  const grams = new EvaluationGrams(evaluation, n)
  return Uint8Array.from(training, (text) => (grams.sharedWith(wordsOf(text)) === undefined ? 0 : 1))
}
