/** How far annotators agree on the pairs that several of them labelled. */
import { KrippendorffAlpha } from './krippendorff-alpha.ts'
import { kappaOfTable } from './weighted-kappa.ts'

/** the largest strength that is told apart; stronger labels count as this one */
export const strongestLabel = 5
const labels = 2 * strongestLabel + 1
/** annotators whose pairwise agreement is kept; α counts all */
const mostAnnotators = 64

export interface AnnotatorPair {
  readonly first: string
  readonly second: string
  /** pairs that both labelled */
  readonly items: number
  /** Cohen's kappa with quadratic weights; null where it has no value */
  readonly kappa: number | null
  /** share on which both chose the same completion (or both neither) */
  readonly agreement: number
}

export interface AgreementReport {
  /** pairs with labels of at least two annotators */
  readonly items: number
  /** Krippendorff's α of the signs, nominal, and of the signed strengths, interval */
  readonly alphaOfSigns: number | null
  readonly alphaOfStrengths: number | null
  /** annotators that were seen, at most as many as are compared one by one */
  readonly annotators: number
  /** every two annotators with a common item, the most common items first */
  readonly pairs: readonly AnnotatorPair[]
}

/** Labels of one item at a time: signed strengths, 0 for a tie. */
export class AnnotatorAgreement {
  readonly #names = new Map<number, string>()
  readonly #signs = new KrippendorffAlpha('nominal')
  readonly #strengths = new KrippendorffAlpha('interval')
  readonly #tables = new Map<string, Float64Array>()

  /** Remembers an annotator's name under the key by which labels name them. */
  name(key: number, name: string): void {
    if (this.#names.size < mostAnnotators) this.#names.set(key, name)
  }

  /** One item: annotators' keys in ascending order, each once, and their labels. */
  add(keys: ArrayLike<number>, values: ArrayLike<number>, size: number): void {
    if (size < 2) return
    this.#strengths.add(values, size)
    this.#signs.add(Array.from({ length: size }, (_, at) => Math.sign(values[at]!)))
    for (let one = 0; one < size; one++) {
      if (!this.#names.has(keys[one]!)) continue
      for (let other = one + 1; other < size; other++) {
        if (!this.#names.has(keys[other]!)) continue
        const pair = `${keys[one]} ${keys[other]}`
        const table = this.#tables.get(pair) ?? new Float64Array(labels * labels)
        this.#tables.set(pair, table)
        table[(values[one]! + strongestLabel) * labels + values[other]! + strongestLabel]!++
      }
    }
  }

  report(): AgreementReport {
    const pairs = [...this.#tables].map(([pair, table]) => {
      const [first, second] = pair.split(' ').map((key) => this.#names.get(Number(key))!)
      let items = 0
      let same = 0
      for (let cell = 0; cell < table.length; cell++) {
        items += table[cell]!
        const [one, other] = [Math.floor(cell / labels), cell % labels]
        if (Math.sign(one - strongestLabel) === Math.sign(other - strongestLabel)) same += table[cell]!
      }
      return {
        first: first! < second! ? first! : second!,
        second: first! < second! ? second! : first!,
        items,
        kappa: kappaOfTable(table, labels),
        agreement: same / items,
      }
    })
    return {
      items: this.#signs.items,
      alphaOfSigns: this.#signs.value,
      alphaOfStrengths: this.#strengths.value,
      annotators: this.#names.size,
      pairs: pairs.sort(
        (a, b) => b.items - a.items || (`${a.first} ${a.second}` < `${b.first} ${b.second}` ? -1 : 1),
      ),
    }
  }
}
