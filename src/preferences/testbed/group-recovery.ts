/** How well groups that a method found agree with the groups that people belong to; names do not matter. */
import { GuerdonError } from '../../records/error.ts'

function table(
  found: ArrayLike<number>,
  truth: ArrayLike<number>,
): { readonly cells: Float64Array; readonly rows: number; readonly columns: number } {
  if (found.length !== truth.length || found.length === 0) {
    throw new GuerdonError('ARGUMENT_INVALID', `${found.length} found and ${truth.length} true groups`, {
      expected: 'one of each for every user',
    })
  }
  const numberOf = (values: ArrayLike<number>): { readonly of: Int32Array; readonly count: number } => {
    const numbers = new Map<number, number>()
    const of = Int32Array.from(values, (value) => {
      const known = numbers.get(value) ?? numbers.size
      numbers.set(value, known)
      return known
    })
    return { of, count: numbers.size }
  }
  const left = numberOf(found)
  const right = numberOf(truth)
  const cells = new Float64Array(left.count * right.count)
  for (let user = 0; user < found.length; user++) cells[left.of[user]! * right.count + right.of[user]!]!++
  return { cells, rows: left.count, columns: right.count }
}

const twos = (count: number): number => (count * (count - 1)) / 2

/**
 * Adjusted Rand index: agreement on which two users belong together, 1 for the same partition, about 0 for chance, and
 * down to −½. Two partitions of one group each (or of single users each) are the same: 1.
 * Source: Hubert and Arabie 1985.
 * @throws GuerdonError ARGUMENT_INVALID for no users or lists of different lengths
 *
 * @example adjustedRandIndex([0, 0, 1, 1], [5, 5, 2, 2]) // 1
 */
export function adjustedRandIndex(found: ArrayLike<number>, truth: ArrayLike<number>): number {
  const { cells, rows, columns } = table(found, truth)
  const rowSums = new Float64Array(rows)
  const columnSums = new Float64Array(columns)
  let together = 0
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const count = cells[row * columns + column]!
      together += twos(count)
      rowSums[row]! += count
      columnSums[column]! += count
    }
  }
  const inRows = rowSums.reduce((sum, count) => sum + twos(count), 0)
  const inColumns = columnSums.reduce((sum, count) => sum + twos(count), 0)
  const all = twos(found.length)
  const chance = all === 0 ? 0 : (inRows * inColumns) / all
  const most = (inRows + inColumns) / 2
  return most === chance ? 1 : (together - chance) / (most - chance)
}

/** Groups whose every renaming can be tried: 2^12 subsets. */
const MOST_GROUPS = 12

/**
 * Share of users whose group is right under the best renaming of the found groups (each found group gets at most one
 * true one). Exact, by dynamic programming over sets of true groups.
 * @throws GuerdonError ARGUMENT_INVALID for no users, lists of different lengths, or more than 12 true groups
 *
 * @example permutedAccuracy([0, 0, 1, 1], [7, 7, 7, 3]) // 0.75
 */
export function permutedAccuracy(found: ArrayLike<number>, truth: ArrayLike<number>): number {
  const { cells, rows, columns } = table(found, truth)
  if (columns > MOST_GROUPS) {
    throw new GuerdonError('ARGUMENT_INVALID', `${columns} true groups are too many to rename`, {
      expected: `at most ${MOST_GROUPS}`,
    })
  }
  // best[set]: most users right when the found groups so far have been given the true groups in the set.
  const best = new Float64Array(1 << columns)
  for (let row = 0; row < rows; row++) {
    for (let set = best.length - 1; set >= 0; set--) {
      for (let column = 0; column < columns; column++) {
        if ((set & (1 << column)) === 0) continue
        const value = best[set ^ (1 << column)]! + cells[row * columns + column]!
        if (value > best[set]!) best[set] = value
      }
    }
  }
  return best[best.length - 1]! / found.length
}
