/** Pairs of completions that were labelled both ways, and what that says of the annotators. */
import type { AnnotatorAgreement } from './annotator-agreement.ts'
import { conflictSides, type Marks } from './marks.ts'
import { type Relation, repeatedRuns } from './relation.ts'

export interface ConflictCounts {
  /** pairs of completions with labels both ways */
  readonly pairs: number
  /** rows that carry such a label */
  readonly rows: number
  /** pairs with as many labels one way as the other */
  readonly even: number
}

/**
 * Columns of the relation: prompt, unordered completions, annotator (−1: not named), row, signed label. Where
 * annotators are named each has one vote a pair, else every row has one. Every row of a conflict is marked with the
 * side it is on and the first row of the other side.
 */
export async function findConflicts(
  relation: Relation,
  marks: Marks,
  agreement: AnnotatorAgreement,
): Promise<ConflictCounts> {
  let pairs = 0
  let rows = 0
  let even = 0
  let keys = new Float64Array(64)
  let values = new Float64Array(64)
  for await (const { size, columns } of repeatedRuns(relation, 2)) {
    if (keys.length < size) {
      keys = new Float64Array(2 * size)
      values = new Float64Array(2 * size)
    }
    const [, , annotators, own, labels] = columns
    let named = 0
    let plus = 0
    let minus = 0
    const firstRow = { plus: Number.POSITIVE_INFINITY, minus: Number.POSITIVE_INFINITY }
    for (let at = 0; at < size; at++) {
      const annotator = annotators![at]!
      const label = labels![at]!
      if (label > 0) firstRow.plus = Math.min(firstRow.plus, own![at]!)
      if (label < 0) firstRow.minus = Math.min(firstRow.minus, own![at]!)
      // Rows of one annotator stand together: the first is their label.
      if (annotator !== -1 && named > 0 && keys[named - 1] === annotator) continue
      if (annotator !== -1) {
        keys[named] = annotator
        values[named++] = label
      }
      if (label > 0) plus++
      if (label < 0) minus++
    }
    agreement.add(keys, values, named)
    if (named > 1) markSecondLabels(size, columns)
    if (firstRow.plus === Number.POSITIVE_INFINITY || firstRow.minus === Number.POSITIVE_INFINITY) continue
    pairs++
    if (plus === minus) even++
    for (let at = 0; at < size; at++) {
      const label = labels![at]!
      if (label === 0) continue
      rows++
      const [mine, theirs, other] = label > 0 ? [plus, minus, firstRow.minus] : [minus, plus, firstRow.plus]
      const side = mine < theirs ? 'minority' : mine > theirs ? 'majority' : 'even'
      marks.add(own![at]!, 'conflict', other, conflictSides.indexOf(side))
    }
  }
  return { pairs, rows, even }

  /** Tells each named label whether the first other annotator took the same side. */
  function markSecondLabels(size: number, columns: readonly Float64Array[]): void {
    for (let at = 0; at < size; at++) {
      const annotator = columns[2]![at]!
      if (annotator === -1) continue
      const second = keys[0] === annotator ? values[1]! : values[0]!
      marks.add(
        columns[3]![at]!,
        'second-label',
        -1,
        Math.sign(second) === Math.sign(columns[4]![at]!) ? 1 : 0,
      )
    }
  }
}
