/** Columns of encoded pairs, gathered one pair after another. */

import type { PreferencePair } from '../records/preference.ts'
import { completionText } from '../records/rollout.ts'
import type { Categories, EncodedPairs } from './encoded-pairs.ts'

/** A growing list of numbers, 8 bytes each. */
class NumberList {
  #values = new Float64Array(256)
  length = 0

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(2 * this.length)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.length++] = value
  }

  finish(): Float64Array {
    return this.#values.slice(0, this.length)
  }
}

/** Labels as numbers in the order in which they come; the same numbers in every part of the data. */
export class Labels {
  readonly #numbers = new Map<string, number>()

  /** −1 for no label */
  add(label: string | undefined): number {
    if (label === undefined || label === '') return -1
    const known = this.#numbers.get(label)
    if (known !== undefined) return known
    this.#numbers.set(label, this.#numbers.size)
    return this.#numbers.size - 1
  }

  get names(): string[] {
    return [...this.#numbers.keys()]
  }
}

export interface SharedLabels {
  readonly sources: Labels
  readonly users: Labels
  readonly categories: Labels
}

/** Words of a text: runs of anything but white space. */
export function wordsOf(text: string): number {
  let words = 0
  let inside = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const blank = code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0x3000
    if (!blank && !inside) words++
    inside = !blank
  }
  return words
}

const NUMBERS = [
  'strength',
  'chosenScore',
  'rejectedScore',
  'chosenLength',
  'rejectedLength',
  'tie',
  'prompts',
  'sources',
  'users',
  'categories',
] as const

export type PairColumnsResult = Omit<EncodedPairs, 'chosen' | 'rejected' | 'prompt' | 'width'>

export class PairColumns {
  readonly #labels: SharedLabels
  readonly #lists = Object.fromEntries(NUMBERS.map((name) => [name, new NumberList()])) as Record<
    (typeof NUMBERS)[number],
    NumberList
  >

  constructor(labels: SharedLabels) {
    this.#labels = labels
  }

  get count(): number {
    return this.#lists.tie.length
  }

  /** @param prompt number of the pair's prompt */
  add(pair: PreferencePair, prompt: number): void {
    const lists = this.#lists
    lists.strength.push(pair.strength ?? Number.NaN)
    lists.chosenScore.push(pair.scores?.chosen ?? Number.NaN)
    lists.rejectedScore.push(pair.scores?.rejected ?? Number.NaN)
    lists.chosenLength.push(wordsOf(completionText(pair.chosen)))
    lists.rejectedLength.push(wordsOf(completionText(pair.rejected)))
    lists.tie.push(pair.tie === true ? 1 : 0)
    lists.prompts.push(prompt)
    lists.sources.push(this.#labels.sources.add(pair.source))
    lists.users.push(this.#labels.users.add(pair.user))
    lists.categories.push(this.#labels.categories.add(pair.category))
  }

  /** Once every part of the data was gathered, so that all know all labels. */
  finish(): PairColumnsResult {
    const lists = this.#lists
    const categories = (name: keyof SharedLabels): Categories => ({
      codes: Int32Array.from(lists[name].finish()),
      names: this.#labels[name].names,
    })
    return {
      count: this.count,
      strength: lists.strength.finish(),
      chosenScore: lists.chosenScore.finish(),
      rejectedScore: lists.rejectedScore.finish(),
      chosenLength: lists.chosenLength.finish(),
      rejectedLength: lists.rejectedLength.finish(),
      tie: Uint8Array.from(lists.tie.finish()),
      prompts: Int32Array.from(lists.prompts.finish()),
      sources: categories('sources'),
      users: categories('users'),
      categories: categories('categories'),
    }
  }
}
