/** Length and form of the sides of pairs: counted for the biases of a set of labels, with rows that stand for them. */
import { completionText } from '../../records/rollout.ts'
import type { BiasRows, LabelBiasReport, ShownRow } from './curation-report.ts'
import { FormatBias, LengthBias, lengthBinOf, lengthRatios } from './label-bias.ts'
import { attributesOf, pairAttributes } from './pair-attributes.ts'
import type { ReadPair } from './read-pairs.ts'
import type { ShownRows } from './shown-rows.ts'
import { WordHashes } from './word-hashes.ts'

export interface Measures {
  readonly words: readonly [chosen: number, rejected: number]
  readonly attributes: readonly [chosen: number, rejected: number]
}

/** most rows that stand for one number of the biases */
const biasedRows = 3

/** The first rows of every length bin and of every side of an attribute. */
export class BiasedRows {
  readonly #bins = lengthRatios.map((): number[] => [])
  readonly #chosen = pairAttributes.map((): number[] => [])
  readonly #rejected = pairAttributes.map((): number[] => [])

  /** Whether the row stands for any number. */
  add(row: number, { words, attributes }: Measures): boolean {
    let taken = false
    const take = (list: number[] | undefined): void => {
      if (list === undefined || list.length === biasedRows) return
      list.push(row)
      taken = true
    }
    take(this.#bins[lengthBinOf(...words)])
    const differing = attributes[0] ^ attributes[1]
    for (let index = 0; index < pairAttributes.length; index++) {
      if (((differing >>> index) & 1) === 0) continue
      take((((attributes[0] >>> index) & 1) === 1 ? this.#chosen : this.#rejected)[index])
    }
    return taken
  }

  report(shown: ShownRows): BiasRows {
    const rowsOf = (rows: readonly number[]): ShownRow[] => rows.map((row) => shown.get(row)!)
    const byName = (lists: readonly (readonly number[])[]) =>
      Object.fromEntries(pairAttributes.map(({ name }, index) => [name, rowsOf(lists[index]!)]))
    return {
      lengthBins: this.#bins.map(rowsOf),
      chosenOnly: byName(this.#chosen),
      rejectedOnly: byName(this.#rejected),
    }
  }
}

/** Biases of a set of labels. */
export class BiasCounts {
  readonly #length = new LengthBias()
  readonly #format = new FormatBias()
  readonly #words = new WordHashes()

  measure(pair: ReadPair['pair']): Measures {
    const [chosen, rejected] = [completionText(pair.chosen), completionText(pair.rejected)]
    return {
      words: [this.#words.read(chosen).size, this.#words.read(rejected).size],
      attributes: [attributesOf(chosen), attributesOf(rejected)],
    }
  }

  add({ words, attributes }: Measures, flipped: boolean): void {
    const [chosen, rejected] = flipped ? [1, 0] : [0, 1]
    this.#length.add(words[chosen]!, words[rejected]!)
    this.#format.add(attributes[chosen]!, attributes[rejected]!)
  }

  report(): LabelBiasReport {
    return { length: this.#length.report(), format: this.#format.report() }
  }
}
