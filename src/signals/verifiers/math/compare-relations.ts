/** Rung 3: assignments against bare values, equations up to a factor, inequalities up to a positive factor. */
import { limitExceeded } from './budget.ts'
import { toFraction } from './canonical.ts'
import type { Comparison, Verdict } from './comparison.ts'
import type { Complex } from './complex.ts'
import { evaluate } from './evaluate.ts'
import {
  collectSymbols,
  type Expression,
  fitsInDoubles,
  isScalar,
  negationOf,
  type RelationNode,
  type RelationOperator,
  sumOf,
} from './expression.ts'
import { AtomTable, type Fraction, noValue } from './fraction.ts'
import {
  constantOf,
  equalPolynomials,
  isZeroPolynomial,
  leadingTerm,
  multiply,
  type Polynomial,
  scale,
} from './polynomial.ts'
import { unitless } from './quantity.ts'
import { divide, sign } from './rational.ts'
import { compareRealSets } from './real-set.ts'
import { POINT_COUNT, samplePoint } from './sample.ts'

/** `label = value`; the label is a variable, a defined function, a segment, a point of variables, or words. */
interface Assignment {
  readonly label: string
  readonly value: Expression
}

function labelOf(node: Expression): string | undefined {
  switch (node.kind) {
    case 'symbol':
      return node.name
    case 'text':
      return `"${node.text}"`
    case 'product': {
      const isSegment = node.factors.every((part) => part.kind === 'symbol' && /^[A-Z]$/.test(part.name))
      return isSegment ? node.factors.map((part) => (part as { name: string }).name).join('') : undefined
    }
    case 'tuple': {
      const parts = node.items.map((item) => (item.kind === 'symbol' ? item.name : undefined))
      return parts.every((part) => part !== undefined) ? `(${parts.join(',')})` : undefined
    }
    default:
      return undefined
  }
}

function mentions(node: Expression, label: string): boolean {
  if (!isScalar(node)) return false
  const names = new Set<string>()
  collectSymbols(node, names)
  return names.has(label)
}

/** Drops what follows an approximation sign: "√11 ≈ 3.317" says √11. A leading "x ≈ 3" stays an assignment. */
function exactPart(node: RelationNode): Expression {
  const first = node.operators.indexOf('approx')
  if (first < 0) return node
  if (first === 0) {
    if (node.operands.length === 2 && labelOf(node.operands[0]!) !== undefined) {
      return { ...node, operators: ['='] }
    }
    return node.operands[0]!
  }
  return { ...node, operators: node.operators.slice(0, first), operands: node.operands.slice(0, first + 1) }
}

/**
 * Reads a chain of equals signs as an assignment. In `x = a = b` the values must agree with one another, otherwise the
 * answer contradicts itself and `contradiction` is returned.
 */
function assignmentOf(node: RelationNode, comparison: Comparison): Assignment | 'contradiction' | undefined {
  if (!node.operators.every((operator) => operator === '=')) return undefined
  let operands = node.operands
  let label = labelOf(operands[0]!)
  if (label === undefined && operands.length === 2) {
    label = labelOf(operands[1]!)
    operands = operands.toReversed()
  }
  if (label === undefined) {
    if (operands.length < 2 || !operands.every((operand) => isScalar(unitless(operand)))) return undefined
    // "2 + 3 = 5" without variables says 5
    const names = new Set<string>()
    for (const operand of operands) collectSymbols(unitless(operand), names)
    if (names.size > 0) return undefined
    return consistentValue('', node.operands, comparison)
  }
  const values = operands.slice(1)
  if (values.some((value) => mentions(value, label))) return undefined
  return consistentValue(label, values, comparison)
}

function consistentValue(
  label: string,
  values: readonly Expression[],
  comparison: Comparison,
): Assignment | 'contradiction' {
  const last = values.at(-1)!
  for (const value of values.slice(0, -1)) {
    if (comparison.compare(value, last, comparison) !== 'equal') return 'contradiction'
  }
  return { label, value: last }
}

/** The label of an assignment, or undefined. */
export function assignedLabel(node: Expression, comparison: Comparison): string | undefined {
  if (node.kind !== 'relation') return undefined
  const assignment = assignmentOf(node, comparison)
  return typeof assignment === 'object' ? assignment.label : undefined
}

/** Compares two answers of which at least one is a relation. */
export function compareRelations(gold: Expression, answer: Expression, comparison: Comparison): Verdict {
  const verdict = compareRelated(gold, answer, comparison)
  return comparison.decide(verdict, 3, comparison.evidence)
}

function compareRelated(gold: Expression, answer: Expression, comparison: Comparison): Verdict {
  const left = gold.kind === 'relation' ? exactPart(gold) : gold
  const right = answer.kind === 'relation' ? exactPart(answer) : answer
  if (left.kind !== 'relation' && right.kind !== 'relation')
    return comparison.compare(left, right, comparison)
  const goldAssignment = left.kind === 'relation' ? assignmentOf(left, comparison) : undefined
  const answerAssignment = right.kind === 'relation' ? assignmentOf(right, comparison) : undefined
  if (goldAssignment === 'contradiction' || answerAssignment === 'contradiction') {
    return comparison.decide('undecided', 3, 'a chain of equations that contradicts itself')
  }
  if (goldAssignment !== undefined && answerAssignment !== undefined) {
    return compareAssignments(goldAssignment, answerAssignment, left, right, comparison)
  }
  if (goldAssignment !== undefined && right.kind !== 'relation') {
    return comparison.compare(goldAssignment.value, right, comparison)
  }
  if (answerAssignment !== undefined && left.kind !== 'relation') {
    return comparison.compare(left, answerAssignment.value, comparison)
  }
  const membership = compareMembership(left, right, comparison)
  if (membership !== undefined) return membership
  const sets = compareRealSets(left, right, comparison)
  if (sets !== undefined) return sets
  if (left.kind === 'relation' && right.kind === 'relation') return compareChains(left, right, comparison)
  const bare = left.kind === 'relation' ? right : left
  return isScalar(unitless(bare))
    ? comparison.decide('different', 3, 'an equation or inequality against a bare value')
    : comparison.decide('undecided', 3, 'a relation against another shape')
}

/** x ∈ S says S. */
function compareMembership(left: Expression, right: Expression, comparison: Comparison): Verdict | undefined {
  const setOf = (node: Expression): Expression =>
    node.kind === 'relation' && node.operators.length === 1 && node.operators[0] === 'in'
      ? node.operands[1]!
      : node
  const [a, b] = [setOf(left), setOf(right)]
  if (a === left && b === right) return undefined
  if (a !== left && b !== right) {
    const [first, second] = [(left as RelationNode).operands[0]!, (right as RelationNode).operands[0]!]
    if (comparison.compare(first, second, comparison) !== 'equal') {
      return comparison.decide('different', 3, 'membership of different variables')
    }
  }
  return comparison.compare(a, b, comparison)
}

function compareAssignments(
  gold: Assignment,
  answer: Assignment,
  left: Expression,
  right: Expression,
  comparison: Comparison,
): Verdict {
  if (gold.label === answer.label || gold.label === '' || answer.label === '') {
    return comparison.compare(gold.value, answer.value, comparison)
  }
  const isWords = (label: string): boolean => label.startsWith('"')
  if (isWords(gold.label) !== isWords(answer.label)) {
    return comparison.compare(gold.value, answer.value, comparison)
  }
  return compareChains(left as RelationNode, right as RelationNode, comparison)
}

interface Link {
  readonly operator: RelationOperator
  readonly difference: Expression
}

/** Every relation of a chain as `difference operator 0`, with > and ≥ turned into < and ≤. */
function linksOf(node: RelationNode): Link[] | undefined {
  const links: Link[] = []
  for (let at = 0; at < node.operators.length; at++) {
    let operator = node.operators[at]!
    let left = unitless(node.operands[at]!)
    let right = unitless(node.operands[at + 1]!)
    if (!isScalar(left) || !isScalar(right)) return undefined
    if (operator === '>' || operator === '>=') {
      ;[left, right] = [right, left]
      operator = operator === '>' ? '<' : '<='
    }
    links.push({ operator, difference: sumOf([left, negationOf(right)]) })
  }
  return links
}

function compareChains(gold: RelationNode, answer: RelationNode, comparison: Comparison): Verdict {
  const goldLinks = linksOf(gold)
  const answerLinks = linksOf(answer)
  if (goldLinks === undefined || answerLinks === undefined) {
    return comparison.decide('undecided', 3, 'a relation between shapes')
  }
  if (goldLinks.length !== answerLinks.length) {
    return comparison.decide('undecided', 3, 'chains of different length')
  }
  const rest = [...answerLinks]
  let verdict = 'equal' as Verdict
  for (const link of goldLinks) {
    const verdicts = rest.map((other) => compareLinks(link, other, comparison))
    const match = verdicts.indexOf('equal')
    if (match < 0)
      verdict = verdicts.includes('undecided') || verdict === 'undecided' ? 'undecided' : 'different'
    else rest.splice(match, 1)
  }
  return comparison.decide(
    verdict,
    3,
    verdict === 'equal' ? 'the same relation' : 'no constant factor between both',
  )
}

function compareLinks(gold: Link, answer: Link, comparison: Comparison): Verdict {
  if (gold.operator !== answer.operator) return 'different'
  const isDirected = gold.operator === '<' || gold.operator === '<='
  const factor = commonFactor(gold.difference, answer.difference, comparison)
  if (factor === undefined) return 'undecided'
  if (factor === 0) return 'different'
  return isDirected && factor < 0 ? 'different' : 'equal'
}

/** The constant c ≠ 0 with a = c·b, or at least its sign; 0 where there is none; undefined where nobody knows. */
function commonFactor(a: Expression, b: Expression, comparison: Comparison): number | undefined {
  const table = new AtomTable(comparison.budget)
  try {
    const left = toFraction(a, table)
    const right = toFraction(b, table)
    const exact = exactFactor(left, right, table)
    if (exact !== undefined) return exact
  } catch (error) {
    if (error === noValue) return undefined
    if (error !== limitExceeded) throw error
  }
  return fitsInDoubles(a) && fitsInDoubles(b) ? sampledFactor(a, b) : undefined
}

function exactFactor(left: Fraction, right: Fraction, table: AtomTable): number | undefined {
  const { relations, budget } = table
  const a = multiply(left.numerator, right.denominator, relations, budget)
  const b = multiply(right.numerator, left.denominator, relations, budget)
  if (isZeroPolynomial(a) || isZeroPolynomial(b)) return isZeroPolynomial(a) && isZeroPolynomial(b) ? 1 : 0
  const ratio = divide(leadingTerm(a).coefficient, leadingTerm(b).coefficient)
  if (equalPolynomials(a, scale(b, ratio))) return sign(ratio)
  const isPolynomial =
    constantOf(left.denominator) !== undefined && constantOf(right.denominator) !== undefined
  const hasRoots = table.relations.some((relation) => relation !== undefined)
  // polynomials with different monomials describe different sets, up to multiplicity of their factors
  return isPolynomial && table.decides(a) && !hasRoots && !sharesFactor(a, b) ? 0 : undefined
}

/** Whether one polynomial could be a multiple of the other by more than a constant: then their zeros may agree. */
function sharesFactor(a: Polynomial, b: Polynomial): boolean {
  return totalDegree(a) !== totalDegree(b)
}

function totalDegree(polynomial: Polynomial): number {
  let highest = 0
  for (const monomial of polynomial.terms.keys()) {
    let degree = 0
    for (let rest = monomial; rest > 0; rest = Math.floor(rest / 128)) degree += rest % 128
    highest = Math.max(highest, degree)
  }
  return highest
}

/** The constant real ratio of two expressions at the sample points, or undefined where it varies. */
function sampledFactor(a: Expression, b: Expression): number | undefined {
  const names = new Set<string>()
  collectSymbols(a, names)
  collectSymbols(b, names)
  const left: Complex = { re: 0, im: 0, peak: 0 }
  const right: Complex = { re: 0, im: 0, peak: 0 }
  let ratio: number | undefined
  let usable = 0
  for (let index = 0; index < POINT_COUNT; index++) {
    const point = samplePoint(names, index)
    evaluate(a, point, left)
    evaluate(b, point, right)
    const size = right.re * right.re + right.im * right.im
    const re = (left.re * right.re + left.im * right.im) / size
    const im = (left.im * right.re - left.re * right.im) / size
    if (!Number.isFinite(re) || !Number.isFinite(im)) continue
    ratio ??= re
    if (re === 0 || Math.abs(im) > 1e-9 * Math.abs(re)) return undefined
    if (Math.abs(re - ratio) > 1e-9 * Math.abs(ratio)) return undefined
    usable++
  }
  return usable >= POINT_COUNT / 2 ? ratio : undefined
}
