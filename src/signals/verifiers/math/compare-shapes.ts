/** Rung 2: lists, sets, tuples, intervals, unions and matrices. */
import { assignedLabel } from './compare-relations.ts'
import type { Comparison, Verdict } from './comparison.ts'
import {
  type Expression,
  isScalar,
  type ListNode,
  type MatrixNode,
  type SetNode,
  type TupleNode,
} from './expression.ts'
import { matchItems } from './match-items.ts'
import { unitless } from './quantity.ts'
import { compareRealSets } from './real-set.ts'

/** In order, element by element. */
function inOrder(a: readonly Expression[], b: readonly Expression[], comparison: Comparison): Verdict {
  if (a.length !== b.length) return comparison.decide('different', 2, 'different numbers of elements')
  let verdict: Verdict = 'equal'
  for (let at = 0; at < a.length; at++) {
    const part = comparison.compare(a[at]!, b[at]!, comparison)
    if (part === 'different') return comparison.decide('different', 2, 'different elements')
    if (part === 'undecided') verdict = part
  }
  return comparison.decide(
    verdict,
    2,
    verdict === 'equal' ? 'the same elements in order' : 'an undecided element',
  )
}

function withoutDuplicates(items: readonly Expression[], comparison: Comparison): readonly Expression[] {
  const distinct: Expression[] = []
  for (const item of items) {
    if (!distinct.some((other) => comparison.compare(other, item, comparison) === 'equal'))
      distinct.push(item)
  }
  return distinct
}

/** Elements of a set, beyond which duplicates are not looked for. */
const DUPLICATE_LIMIT = 64

function elementsOf(node: SetNode | ListNode, comparison: Comparison): readonly Expression[] {
  return node.kind === 'set' && node.items.length <= DUPLICATE_LIMIT
    ? withoutDuplicates(node.items, comparison)
    : node.items
}

function compareTuples(gold: TupleNode, answer: TupleNode, comparison: Comparison): Verdict {
  const brackets = (node: TupleNode): string => (node.open === '<' ? '()' : node.open + node.close)
  const a = brackets(gold)
  const b = brackets(answer)
  if (a !== b) {
    const isHalfOpen = (kind: string): boolean => kind === '(]' || kind === '[)'
    if (isHalfOpen(a) || isHalfOpen(b)) {
      return comparison.decide('different', 2, 'an end is open on one side and closed on the other')
    }
    const entries = inOrder(gold.items, answer.items, comparison)
    if (entries !== 'equal' || comparison.options.sets === 'loose') return entries
    return comparison.decide('undecided', 2, 'round brackets against square brackets')
  }
  return inOrder(gold.items, answer.items, comparison)
}

function compareMatrices(gold: MatrixNode, answer: MatrixNode, comparison: Comparison): Verdict {
  if (gold.form !== answer.form) return comparison.decide('undecided', 2, 'different kinds of arrays')
  const width = (node: MatrixNode): string => node.rows.map((row) => row.length).join(' ')
  if (width(gold) !== width(answer)) return comparison.decide('different', 2, 'matrices of different shape')
  return inOrder(gold.rows.flat(), answer.rows.flat(), comparison)
}

/** The entries of a vector or of a tuple, or undefined. */
function entriesOf(node: Expression): readonly Expression[] | undefined {
  if (node.kind === 'tuple' || node.kind === 'set' || node.kind === 'list') return node.items
  if (node.kind !== 'matrix') return undefined
  return node.rows.length === 1 || node.rows.every((row) => row.length === 1) ? node.rows.flat() : undefined
}

const isCollection = (node: Expression): node is SetNode | ListNode =>
  node.kind === 'set' || node.kind === 'list'

/** Whether a list or set holds values, and not conditions. */
const holdsValues = (node: Expression): boolean =>
  isCollection(node) && node.items.every((item) => isScalar(unitless(item)))

/** The labels of a list of assignments to different variables, or undefined. */
function labelsOf(node: ListNode | SetNode, comparison: Comparison): string[] | undefined {
  const labels = node.items.map((item) => assignedLabel(item, comparison))
  if (!labels.every((label) => label !== undefined)) return undefined
  return new Set(labels).size > 1 ? labels : undefined
}

/** "x = 1, y = 2" against values without names: only in the order of the names. */
function compareNamed(
  named: readonly Expression[],
  labels: readonly string[],
  other: readonly Expression[],
  comparison: Comparison,
): Verdict {
  const isSorted = labels.every((label, at) => at === 0 || labels[at - 1]! < label)
  const verdict = inOrder(named, other, comparison)
  if (verdict === 'equal' && isSorted) return verdict
  return comparison.decide('undecided', 2, 'named values against values without names')
}

function compareCollections(
  gold: SetNode | ListNode,
  answer: SetNode | ListNode,
  comparison: Comparison,
): Verdict {
  const goldLabels = labelsOf(gold, comparison)
  const answerLabels = labelsOf(answer, comparison)
  if (goldLabels !== undefined && answerLabels === undefined) {
    return compareNamed(gold.items, goldLabels, answer.items, comparison)
  }
  if (answerLabels !== undefined && goldLabels === undefined) {
    return compareNamed(answer.items, answerLabels, gold.items, comparison)
  }
  const verdict = matchItems(elementsOf(gold, comparison), elementsOf(answer, comparison), comparison)
  if (verdict === 'equal') return verdict
  const sets = compareRealSets(gold, answer, comparison)
  return sets === 'equal' ? sets : comparison.decide(verdict, 2, 'different elements')
}

/** Compares two answers of which at least one is a list, set, tuple, interval, union or matrix. */
export function compareShapes(gold: Expression, answer: Expression, comparison: Comparison): Verdict {
  if (gold.kind === 'tuple' && answer.kind === 'tuple') return compareTuples(gold, answer, comparison)
  if (isCollection(gold) && isCollection(answer)) return compareCollections(gold, answer, comparison)
  if (gold.kind === 'matrix' && answer.kind === 'matrix') return compareMatrices(gold, answer, comparison)
  // a finite set is no interval: next to it, round brackets are a point
  const isMixed =
    (holdsValues(gold) && answer.kind === 'tuple') || (gold.kind === 'tuple' && holdsValues(answer))
  const sets = isMixed ? undefined : compareRealSets(gold, answer, comparison)
  if (sets !== undefined) return sets
  if (gold.kind === 'set-operation' && answer.kind === 'set-operation') {
    if (gold.name !== answer.name) return comparison.decide('undecided', 2, 'different operations on sets')
    return gold.name === 'difference'
      ? inOrder(gold.operands, answer.operands, comparison)
      : matchItems(gold.operands, answer.operands, comparison)
  }
  const scalar = isScalar(unitless(gold)) ? gold : isScalar(unitless(answer)) ? answer : undefined
  if (scalar !== undefined) return compareWithSingle(gold, answer, comparison)
  return compareMixed(gold, answer, comparison)
}

/** One value against several: the same only as the single element of a set. */
function compareWithSingle(gold: Expression, answer: Expression, comparison: Comparison): Verdict {
  const shaped = isScalar(unitless(gold)) ? answer : gold
  if (shaped.kind === 'set' && shaped.items.length === 1) {
    return shaped === gold
      ? comparison.compare(shaped.items[0]!, answer, comparison)
      : comparison.compare(gold, shaped.items[0]!, comparison)
  }
  if (shaped.kind === 'matrix') return comparison.decide('undecided', 2, 'a matrix against a value')
  return comparison.decide('different', 2, 'one value against several')
}

/** Different shapes with the same elements: never equal, unless the options say so. */
function compareMixed(gold: Expression, answer: Expression, comparison: Comparison): Verdict {
  const a = entriesOf(gold)
  const b = entriesOf(answer)
  if (a === undefined || b === undefined) return comparison.decide('undecided', 2, 'different shapes')
  for (const [node, entries] of [
    [gold, b],
    [answer, a],
  ] as const) {
    const labels = isCollection(node) ? labelsOf(node, comparison) : undefined
    if (labels !== undefined) return compareNamed(node === gold ? a : b, labels, entries, comparison)
  }
  if (a.length !== b.length) return comparison.decide('different', 2, 'different numbers of elements')
  if (comparison.options.sets !== 'loose') return comparison.decide('undecided', 2, 'different shapes')
  return isCollection(gold) || isCollection(answer) ? matchItems(a, b, comparison) : inOrder(a, b, comparison)
}
