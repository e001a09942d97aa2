/** What grouping found out about single rows, kept in a relation until the rows come by again in their order. */
import type { Relation } from './relation.ts'

/** what is a reason to do something about a row */
export const findingKinds = ['copy', 'near-copy', 'conflict', 'cycle', 'contaminated'] as const
/** a second label is only counted: another annotator labelled the pair, too */
export const markKinds = [...findingKinds, 'second-label'] as const
export type FindingKind = (typeof findingKinds)[number]
export type MarkKind = (typeof markKinds)[number]

/** How a label stands among the labels of the same pair. */
export const conflictSides = ['minority', 'majority', 'even'] as const
export type ConflictSide = (typeof conflictSides)[number]

export interface Mark {
  readonly kind: MarkKind
  /** the row it was compared with, counted from 0; −1 where there is none */
  readonly other: number
  /** near copy: Jaccard similarity; conflict: place in `conflictSides`; cycle: completions in it; second label: 1 it agrees */
  readonly value: number
}

const shownRows = 5

/** Marks by row; the first rows of each kind are remembered for the report. */
export class Marks {
  readonly relation: Relation
  readonly #row = new Float64Array(4)
  readonly #first = new Map<MarkKind, { readonly row: number; readonly other: number }[]>()

  constructor(relation: Relation) {
    this.relation = relation
  }

  add(row: number, kind: MarkKind, other = -1, value = 0): void {
    this.#row[0] = row
    this.#row[1] = markKinds.indexOf(kind)
    this.#row[2] = value
    this.#row[3] = other
    this.relation.append(this.#row)
    const first = this.#first.get(kind) ?? []
    this.#first.set(kind, first)
    if (first.length === shownRows && row >= first.at(-1)!.row) return
    if (first.some((shown) => shown.row === row)) return
    first.push({ row, other })
    first.sort((a, b) => a.row - b.row)
    if (first.length > shownRows) first.pop()
  }

  /** The first rows of a kind, in the order of the file, with what each was compared with. */
  first(kind: MarkKind): readonly { readonly row: number; readonly other: number }[] {
    return this.#first.get(kind) ?? []
  }
}
