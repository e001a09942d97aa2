/** One-to-one matching of the elements of two lists or sets. */
import type { Comparison, Verdict } from './comparison.ts'
import type { Complex } from './complex.ts'
import { evaluate, NO_POINT } from './evaluate.ts'
import { type Expression, isScalar } from './expression.ts'
import { unitless } from './quantity.ts'

/** Up to this many elements any one-to-one matching is found; longer lists are sorted by value. */
const MATCHING_LIMIT = 64

/**
 * Equal iff there is a one-to-one matching of equal elements (Kuhn's augmenting paths); different iff there is none
 * even with the undecided pairs.
 */
export function matchItems(
  a: readonly Expression[],
  b: readonly Expression[],
  comparison: Comparison,
): Verdict {
  if (a.length !== b.length) return comparison.decide('different', 2, 'different numbers of elements')
  if (a.length > MATCHING_LIMIT) return matchSorted(a, b, comparison)
  const verdicts = a.map((): (Verdict | undefined)[] => new Array(b.length).fill(undefined))
  const verdictOf = (row: number, column: number): Verdict => {
    verdicts[row]![column] ??= comparison.compare(a[row]!, b[column]!, comparison)
    return verdicts[row]![column]!
  }
  if (hasMatching(a.length, (row, column) => verdictOf(row, column) === 'equal')) {
    return comparison.decide('equal', 2, 'the same elements')
  }
  const isPossible = hasMatching(a.length, (row, column) => verdictOf(row, column) !== 'different')
  return comparison.decide(isPossible ? 'undecided' : 'different', 2, 'no matching of the elements')
}

function hasMatching(size: number, isEdge: (row: number, column: number) => boolean): boolean {
  const rowOf = new Int32Array(size).fill(-1)
  const augment = (row: number, seen: Uint8Array): boolean => {
    for (let step = 0; step < size; step++) {
      // its own position first: most lists come in the same order
      const column = (row + step) % size
      if (seen[column] === 1 || !isEdge(row, column)) continue
      seen[column] = 1
      if (rowOf[column]! < 0 || augment(rowOf[column]!, seen)) {
        rowOf[column] = row
        return true
      }
    }
    return false
  }
  for (let row = 0; row < size; row++) if (!augment(row, new Uint8Array(size))) return false
  return true
}

function matchSorted(a: readonly Expression[], b: readonly Expression[], comparison: Comparison): Verdict {
  const left = sortedByValue(a)
  const right = sortedByValue(b)
  if (left === undefined || right === undefined) {
    return comparison.decide('undecided', 2, 'a long list of elements without real values')
  }
  for (let at = 0; at < left.length; at++) {
    const verdict = comparison.compare(left[at]!, right[at]!, comparison)
    if (verdict !== 'equal') return comparison.decide(verdict, 2, 'different elements')
  }
  return comparison.decide('equal', 2, 'the same elements')
}

function sortedByValue(items: readonly Expression[]): Expression[] | undefined {
  const z: Complex = { re: 0, im: 0, peak: 0 }
  const valued: { node: Expression; value: number }[] = []
  for (const node of items) {
    const bare = unitless(node)
    if (!isScalar(bare)) return undefined
    evaluate(bare, NO_POINT, z)
    if (!Number.isFinite(z.re) || z.im !== 0) return undefined
    valued.push({ node, value: z.re })
  }
  return valued.sort((x, y) => x.value - y.value).map(({ node }) => node)
}
