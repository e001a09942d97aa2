/** What the length of completions has to do with a reward and with people's choices. */
import { wilsonInterval } from '../../numerics/wilson-interval.ts'

/** Edges of the ratio chosen : rejected; a bin holds its lower edge. */
export const LENGTH_RATIO_EDGES: readonly number[] = [0.5, 0.8, 1.25, 2]

export interface LengthBin {
  /** ratio of the chosen length to the rejected one, from … to (null: no bound) */
  readonly from: number | null
  readonly to: number | null
  readonly pairs: number
  /** null without pairs */
  readonly accuracy: number | null
  readonly interval: readonly [number, number] | null
}

export interface LengthEffect {
  readonly unit: 'characters'
  readonly bins: readonly LengthBin[]
  /** accuracy where the chosen completion is the longer one, the shorter one, or as long */
  readonly chosenLonger: { readonly pairs: number; readonly accuracy: number | null }
  readonly chosenShorter: { readonly pairs: number; readonly accuracy: number | null }
  readonly equal: { readonly pairs: number; readonly accuracy: number | null }
  /** share of pairs of unequal length in which people chose, and the reward prefers, the longer one (a tie of rewards ½) */
  readonly peoplePreferLonger: number | null
  readonly rewardPrefersLonger: number | null
  /** Pearson correlation of r(chosen) − r(rejected) with length(chosen) − length(rejected); null where one is constant */
  readonly correlation: number | null
}

interface Tally {
  pairs: number
  right: number
}

const tally = (): Tally => ({ pairs: 0, right: 0 })
const accuracyOf = ({ pairs, right }: Tally): number | null => (pairs === 0 ? null : right / pairs)

/** Gathers pairs one by one; memory does not grow. */
export class LengthGatherer {
  readonly #bins = Array.from({ length: LENGTH_RATIO_EDGES.length + 1 }, tally)
  readonly #longer = tally()
  readonly #shorter = tally()
  readonly #equal = tally()
  #count = 0
  #meanMargin = 0
  #meanLength = 0
  #squaresMargin = 0
  #squaresLength = 0
  #products = 0

  add(margin: number, chosenLength: number, rejectedLength: number): void {
    const right = margin > 0 ? 1 : margin === 0 ? 0.5 : 0
    // Two empty completions are equally long; an empty rejected one is beyond every ratio.
    const ratio = chosenLength === rejectedLength ? 1 : chosenLength / rejectedLength
    let bin = 0
    while (bin < LENGTH_RATIO_EDGES.length && ratio >= LENGTH_RATIO_EDGES[bin]!) bin++
    const side =
      chosenLength > rejectedLength
        ? this.#longer
        : chosenLength < rejectedLength
          ? this.#shorter
          : this.#equal
    for (const sums of [this.#bins[bin]!, side]) {
      sums.pairs++
      sums.right += right
    }
    const length = chosenLength - rejectedLength
    this.#count++
    const gapMargin = margin - this.#meanMargin
    const gapLength = length - this.#meanLength
    this.#meanMargin += gapMargin / this.#count
    this.#meanLength += gapLength / this.#count
    this.#squaresMargin += gapMargin * (margin - this.#meanMargin)
    this.#squaresLength += gapLength * (length - this.#meanLength)
    this.#products += gapMargin * (length - this.#meanLength)
  }

  effect(): LengthEffect {
    const unequal = this.#longer.pairs + this.#shorter.pairs
    const longerWins = this.#longer.right + (this.#shorter.pairs - this.#shorter.right)
    const spread = Math.sqrt(this.#squaresMargin) * Math.sqrt(this.#squaresLength)
    return {
      unit: 'characters',
      bins: this.#bins.map((sums, bin) => ({
        from: bin === 0 ? null : LENGTH_RATIO_EDGES[bin - 1]!,
        to: bin === LENGTH_RATIO_EDGES.length ? null : LENGTH_RATIO_EDGES[bin]!,
        pairs: sums.pairs,
        accuracy: accuracyOf(sums),
        interval: sums.pairs === 0 ? null : wilsonInterval(sums.right, sums.pairs),
      })),
      chosenLonger: { pairs: this.#longer.pairs, accuracy: accuracyOf(this.#longer) },
      chosenShorter: { pairs: this.#shorter.pairs, accuracy: accuracyOf(this.#shorter) },
      equal: { pairs: this.#equal.pairs, accuracy: accuracyOf(this.#equal) },
      peoplePreferLonger: unequal === 0 ? null : this.#longer.pairs / unequal,
      rewardPrefersLonger: unequal === 0 ? null : longerWins / unequal,
      correlation: spread > 0 ? Math.max(-1, Math.min(1, this.#products / spread)) : null,
    }
  }
}
