/** Groups to read texts from: all of a span when there are few, evenly spread ones when there are many. */
import { membersOf } from '../numerics/grouped.ts'
import { gramSet, jaccard, wordsOf } from '../numerics/word-grams.ts'
import type { AuditTable } from './audit-table.ts'

/** Rows of one group are compared in pairs: of a larger one this many are taken. */
const MOST_MEMBERS = 64

function spread(members: Int32Array): Int32Array {
  if (members.length <= MOST_MEMBERS) return members
  return Int32Array.from(
    { length: MOST_MEMBERS },
    (_, index) => members[Math.floor((index * members.length) / MOST_MEMBERS)]!,
  )
}

/** Rows of up to `most` groups, at most 64 evenly spread ones of each, with at least two rollouts, at step places from … to − 1 (all without steps). */
export function groupsBetween(table: AuditTable, from: number, to: number, most: number): Int32Array[] {
  const { offsets, rows } = membersOf(table.groups)
  const found: Int32Array[] = []
  for (let group = 0; group < table.groups.count; group++) {
    const step = table.stepOfGroup[group]!
    if (step !== -1 && (step < from || step >= to)) continue
    if (offsets[group + 1]! - offsets[group]! < 2) continue
    found.push(spread(rows.subarray(offsets[group]!, offsets[group + 1]!)))
  }
  if (found.length <= most) return found
  return Array.from({ length: most }, (_, index) => found[Math.floor((index * found.length) / most)]!)
}

/** Two texts with this much of their 3-grams in common are near-copies. */
export const NEAR = 0.8
/** Shorter answers coincide without any collapse. */
export const LEAST_WORDS = 8

/** The text with every run of digits as one sign: a template is the same whatever its numbers. */
export function withoutNumbers(text: string): string {
  return text.replace(/\d+(?:[.,]\d+)*/g, '0')
}

export interface Copies {
  /** rows that nearly repeat an earlier row of their group, of all rows that could; NaN without groups */
  readonly share: number
  readonly groups: number
  /** such rows, those of the most copied groups first */
  readonly rows: readonly number[]
  /** the share in each group */
  readonly shares: Float64Array
}

/** Near-copies inside groups, each text as `read` sees it: exact after lower-casing and joining white space, or 3-gram Jaccard ≥ .8. */
export function copiesInside(
  texts: readonly string[],
  groups: readonly Int32Array[],
  read: (text: string) => string = (text) => text,
): Copies {
  let copies = 0
  let could = 0
  const shares: number[] = []
  const rows: { row: number; share: number }[] = []
  for (const members of groups) {
    const words = Array.from(members, (row) => wordsOf(read(texts[row]!)))
    const long = words.filter(({ length }) => length >= LEAST_WORDS).length
    if (long < 2) continue
    const sets = words.map((list) => gramSet(list, 3))
    const found: number[] = []
    for (let one = 1; one < sets.length; one++) {
      if (words[one]!.length < LEAST_WORDS) continue
      for (let other = 0; other < one; other++) {
        if (jaccard(sets[one]!, sets[other]!) < NEAR) continue
        found.push(members[one]!)
        break
      }
    }
    copies += found.length
    could += long - 1
    const share = found.length / (long - 1)
    shares.push(share)
    for (const row of found) rows.push({ row, share })
  }
  rows.sort((a, b) => b.share - a.share)
  return {
    share: could > 0 ? copies / could : Number.NaN,
    groups: shares.length,
    rows: rows.map(({ row }) => row),
    shares: Float64Array.from(shares),
  }
}
