/** Which two signals order the members of a group most differently. */

/** Larger groups are compared by their first so many rows, so that one giant group does not hold up the others. */
const MOST_MEMBERS = 256

export interface Disagreement {
  /** places of the two columns in the list given */
  readonly a: number
  readonly b: number
  /** Spearman's ρ over the rows where both are valid */
  readonly rankCorrelation: number
}

/** Finds disagreements group by group; its buffers are made once for all groups. */
export class DisagreementFinder {
  readonly #columns: readonly Float64Array[]
  readonly #ranksA = new Float64Array(MOST_MEMBERS)
  readonly #ranksB = new Float64Array(MOST_MEMBERS)
  readonly #valuesA = new Float64Array(MOST_MEMBERS)
  readonly #valuesB = new Float64Array(MOST_MEMBERS)
  /** over all groups asked so far, by pair: sum of rank correlations, and groups where there is one */
  readonly #sums: Float64Array
  readonly #counts: Int32Array

  /** @param columns the signals; NaN = invalid */
  constructor(columns: readonly Float64Array[]) {
    this.#columns = columns
    this.#sums = new Float64Array(columns.length ** 2)
    this.#counts = new Int32Array(columns.length ** 2)
  }

  /** The mean rank correlation of each pair over the groups asked so far, smallest first. */
  means(): readonly (Disagreement & { readonly groups: number })[] {
    const size = this.#columns.length
    return Array.from(this.#sums, (sum, pair) => ({
      a: Math.floor(pair / size),
      b: pair % size,
      rankCorrelation: sum / this.#counts[pair]!,
      groups: this.#counts[pair]!,
    }))
      .filter(({ groups }) => groups > 0)
      .sort((one, other) => one.rankCorrelation - other.rankCorrelation)
  }

  /**
   * The pair with the smallest rank correlation among the rows `members[start … end − 1]`; undefined when fewer than
   * two columns differ inside the group.
   */
  of(members: Int32Array, start: number, end: number): Disagreement | undefined {
    const last = Math.min(end, start + MOST_MEMBERS)
    let least: Disagreement | undefined
    for (let a = 0; a < this.#columns.length; a++) {
      if (!differs(this.#columns[a]!, members, start, last)) continue
      for (let b = a + 1; b < this.#columns.length; b++) {
        const rankCorrelation = this.#pair(a, b, members, start, last)
        if (Number.isNaN(rankCorrelation)) continue
        this.#sums[a * this.#columns.length + b]! += rankCorrelation
        this.#counts[a * this.#columns.length + b]!++
        if (rankCorrelation < (least?.rankCorrelation ?? Number.POSITIVE_INFINITY))
          least = { a, b, rankCorrelation }
      }
    }
    return least
  }

  /** NaN when one of the two is constant where both are valid. */
  #pair(a: number, b: number, members: Int32Array, start: number, end: number): number {
    const x = this.#columns[a]!
    const y = this.#columns[b]!
    let size = 0
    for (let place = start; place < end; place++) {
      const row = members[place]!
      if (Number.isNaN(x[row]!) || Number.isNaN(y[row]!)) continue
      this.#valuesA[size] = x[row]!
      this.#valuesB[size] = y[row]!
      size++
    }
    rankInto(this.#ranksA, this.#valuesA, size)
    rankInto(this.#ranksB, this.#valuesB, size)
    const mean = (size + 1) / 2
    let both = 0
    let squaresA = 0
    let squaresB = 0
    for (let index = 0; index < size; index++) {
      const gapA = this.#ranksA[index]! - mean
      const gapB = this.#ranksB[index]! - mean
      both += gapA * gapB
      squaresA += gapA * gapA
      squaresB += gapB * gapB
    }
    return squaresA === 0 || squaresB === 0 ? Number.NaN : both / Math.sqrt(squaresA * squaresB)
  }
}

function differs(column: Float64Array, members: Int32Array, start: number, end: number): boolean {
  let first = Number.NaN
  for (let place = start; place < end; place++) {
    const value = column[members[place]!]!
    if (Number.isNaN(value)) continue
    if (Number.isNaN(first)) first = value
    else if (value !== first) return true
  }
  return false
}

/** Ranks from 1, ties sharing their mean rank. Groups are small: counting beats sorting and allocates nothing. */
function rankInto(ranks: Float64Array, values: Float64Array, size: number): void {
  for (let index = 0; index < size; index++) {
    const value = values[index]!
    let below = 0
    let equal = 0
    for (let other = 0; other < size; other++) {
      if (values[other]! < value) below++
      else if (values[other] === value) equal++
    }
    ranks[index] = below + (equal + 1) / 2
  }
}
