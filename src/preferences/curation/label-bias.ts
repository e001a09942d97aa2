/** What labels prefer besides quality: length, and the form of a completion. */
import { holm } from '../../numerics/holm.ts'
import { fairBinomialTest } from '../../numerics/incomplete-beta.ts'
import { wilsonInterval } from '../../numerics/wilson-interval.ts'
import { pairAttributes } from './pair-attributes.ts'

/** Lower ends of the bins of length ratios, longer side over shorter side. */
export const lengthRatios: readonly number[] = [1, 1.1, 1.25, 1.5, 2, 4]

export interface ShareOfLonger {
  /** pairs of two lengths */
  readonly pairs: number
  /** those whose chosen completion is the longer one */
  readonly longer: number
  readonly share: number | null
  /** Wilson's 95 % interval */
  readonly interval: readonly [number, number]
}

export interface LengthBin extends ShareOfLonger {
  /** ratio of the lengths: at least `from`, below `to` (null: no bound) */
  readonly from: number
  readonly to: number | null
}

export interface LengthBiasReport extends ShareOfLonger {
  /** pairs whose sides have equally many words */
  readonly equal: number
  readonly bins: readonly LengthBin[]
}

/** The bin of two lengths in words; −1 where they are equal. A side without words falls into the last bin. */
export function lengthBinOf(chosen: number, rejected: number): number {
  if (chosen === rejected) return -1
  const ratio = Math.max(chosen, rejected) / Math.min(chosen, rejected)
  let bin = lengthRatios.length - 1
  while (ratio < lengthRatios[bin]!) bin--
  return bin
}

function shareOf(longer: number, pairs: number): ShareOfLonger {
  return {
    pairs,
    longer,
    share: pairs === 0 ? null : longer / pairs,
    interval: wilsonInterval(longer, pairs),
  }
}

/** Counts how often the longer completion was chosen, by how much longer it is. */
export class LengthBias {
  readonly #pairs = new Float64Array(lengthRatios.length)
  readonly #longer = new Float64Array(lengthRatios.length)
  #equal = 0

  /** One pair by its lengths in words. */
  add(chosen: number, rejected: number): void {
    const bin = lengthBinOf(chosen, rejected)
    if (bin === -1) {
      this.#equal++
      return
    }
    this.#pairs[bin]!++
    if (chosen > rejected) this.#longer[bin]!++
  }

  report(): LengthBiasReport {
    const total = (counts: Float64Array): number => counts.reduce((sum, count) => sum + count, 0)
    return {
      ...shareOf(total(this.#longer), total(this.#pairs)),
      equal: this.#equal,
      bins: lengthRatios.map((from, bin) => ({
        from,
        to: lengthRatios[bin + 1] ?? null,
        ...shareOf(this.#longer[bin]!, this.#pairs[bin]!),
      })),
    }
  }
}

export interface FormatBiasReport {
  readonly name: string
  readonly phrase: string
  /** pairs in which only the chosen, only the rejected completion has the attribute */
  readonly chosenOnly: number
  readonly rejectedOnly: number
  /** log of chosenOnly/rejectedOnly, with ½ added to both; 0: the labels do not care. null without such pairs */
  readonly logOdds: number | null
  /** 95 % interval of the log-odds (normal) */
  readonly interval: readonly [number, number] | null
  /** exact two-sided sign test, corrected by Holm over the attributes that occur; null without such pairs */
  readonly p: number | null
}

/** Counts on which side of a pair an attribute stands when only one side has it. */
export class FormatBias {
  readonly #chosen = new Float64Array(pairAttributes.length)
  readonly #rejected = new Float64Array(pairAttributes.length)

  /** One pair by the attributes of its sides (`attributesOf`). */
  add(chosen: number, rejected: number): void {
    const differing = chosen ^ rejected
    if (differing === 0) return
    for (let index = 0; index < pairAttributes.length; index++) {
      if (((differing >>> index) & 1) === 0) continue
      if (((chosen >>> index) & 1) === 1) this.#chosen[index]!++
      else this.#rejected[index]!++
    }
  }

  report(): FormatBiasReport[] {
    const occurs = pairAttributes.map((_, index) => this.#chosen[index]! + this.#rejected[index]! > 0)
    const tested = [...occurs.keys()].filter((index) => occurs[index])
    const corrected = holm(
      tested.map((index) =>
        fairBinomialTest(this.#chosen[index]!, this.#chosen[index]! + this.#rejected[index]!),
      ),
    )
    return pairAttributes.map(({ name, phrase }, index) => {
      const chosenOnly = this.#chosen[index]!
      const rejectedOnly = this.#rejected[index]!
      if (!occurs[index])
        return { name, phrase, chosenOnly, rejectedOnly, logOdds: null, interval: null, p: null }
      const logOdds = Math.log((chosenOnly + 0.5) / (rejectedOnly + 0.5))
      const half = 1.959963984540054 * Math.sqrt(1 / (chosenOnly + 0.5) + 1 / (rejectedOnly + 0.5))
      return {
        name,
        phrase,
        chosenOnly,
        rejectedOnly,
        logOdds,
        interval: [logOdds - half, logOdds + half] as const,
        p: corrected[tested.indexOf(index)]!,
      }
    })
  }
}
