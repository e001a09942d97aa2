/** Sets of real numbers as unions of intervals: what intervals, unions, inequalities and finite sets have in common. */
import { limitExceeded } from './budget.ts'
import { toFraction } from './canonical.ts'
import type { Comparison, Verdict } from './comparison.ts'
import type { Complex } from './complex.ts'
import { evaluate, NO_POINT } from './evaluate.ts'
import {
  type Expression,
  INFINITY_NODE,
  isConstant,
  isScalar,
  negationOf,
  numberNode,
  type RelationNode,
  type RelationOperator,
} from './expression.ts'
import { AtomTable, noValue } from './fraction.ts'
import { constantOf, monomialOf } from './polynomial.ts'
import { divide, negate, sign, ZERO } from './rational.ts'

interface End {
  readonly node: Expression
  readonly value: number
  readonly closed: boolean
}

interface Piece {
  readonly low: End
  readonly high: End
}

/** Disjoint pieces in ascending order; `variable` where the set was written as a condition on one. */
interface RealSet {
  readonly pieces: readonly Piece[]
  readonly variable: string | undefined
}

const LOWEST: End = { node: negationOf(INFINITY_NODE), value: Number.NEGATIVE_INFINITY, closed: false }
const HIGHEST: End = { node: INFINITY_NODE, value: Number.POSITIVE_INFINITY, closed: false }
const ALL: readonly Piece[] = [{ low: LOWEST, high: HIGHEST }]
/** Pieces a set may have; longer unions are compared as they are written. */
const PIECE_LIMIT = 64

function endOf(node: Expression, closed: boolean): End | undefined {
  if (!isScalar(node) || !isConstant(node)) return undefined
  if (node.kind === 'constant' && node.name === 'infinity') return { ...HIGHEST }
  if (
    node.kind === 'product' &&
    node.factors.length === 2 &&
    node.factors[0]!.kind === 'number' &&
    sign(node.factors[0]!.value) < 0 &&
    node.factors[1] === INFINITY_NODE
  ) {
    return { ...LOWEST }
  }
  const z: Complex = { re: 0, im: 0, peak: 0 }
  evaluate(node, NO_POINT, z)
  if (!Number.isFinite(z.re) || Math.abs(z.im) > 1e-12 * Math.abs(z.re)) return undefined
  return { node, value: z.re, closed }
}

/** Orders two ends; values that doubles cannot tell apart are compared as expressions. */
function orderOf(a: End, b: End, comparison: Comparison): number {
  if (a.value === b.value) return 0
  const distance = Math.abs(a.value - b.value)
  if (
    distance <= 1e-9 * Math.max(1, Math.abs(a.value)) &&
    comparison.compare(a.node, b.node, comparison) === 'equal'
  ) {
    return 0
  }
  return a.value < b.value ? -1 : 1
}

function isEmpty({ low, high }: Piece, comparison: Comparison): boolean {
  const order = orderOf(low, high, comparison)
  return order > 0 || (order === 0 && !(low.closed && high.closed))
}

/** Sorts and merges pieces that overlap or touch. */
function united(pieces: readonly Piece[], comparison: Comparison): Piece[] {
  const sorted = [...pieces].sort((a, b) => a.low.value - b.low.value)
  const result: Piece[] = []
  for (const piece of sorted) {
    const last = result.at(-1)
    if (last === undefined) {
      result.push(piece)
      continue
    }
    const gap = orderOf(last.high, piece.low, comparison)
    if (gap < 0 || (gap === 0 && !last.high.closed && !piece.low.closed)) {
      result.push(piece)
      continue
    }
    const startsTogether = orderOf(last.low, piece.low, comparison) === 0
    const low = startsTogether && piece.low.closed ? piece.low : last.low
    const ends = orderOf(last.high, piece.high, comparison)
    const high = ends < 0 || (ends === 0 && piece.high.closed) ? piece.high : last.high
    result[result.length - 1] = { low, high }
  }
  return result
}

function intersected(a: readonly Piece[], b: readonly Piece[], comparison: Comparison): Piece[] {
  if (a.length * b.length > PIECE_LIMIT * PIECE_LIMIT) throw limitExceeded
  const result: Piece[] = []
  for (const first of a) {
    for (const second of b) {
      const lows = orderOf(first.low, second.low, comparison)
      const low = lows > 0 || (lows === 0 && !first.low.closed) ? first.low : second.low
      const highs = orderOf(first.high, second.high, comparison)
      const high = highs < 0 || (highs === 0 && !first.high.closed) ? first.high : second.high
      if (!isEmpty({ low, high }, comparison)) result.push({ low, high })
    }
  }
  return result
}

function complementOf(pieces: readonly Piece[]): Piece[] {
  const result: Piece[] = []
  let low = LOWEST
  for (const piece of pieces) {
    if (piece.low.value !== Number.NEGATIVE_INFINITY) {
      result.push({ low, high: { ...piece.low, closed: !piece.low.closed } })
    }
    low = { ...piece.high, closed: !piece.high.closed }
  }
  if (low.value !== Number.POSITIVE_INFINITY) result.push({ low, high: HIGHEST })
  return result
}

const MIRRORED: ReadonlyMap<RelationOperator, RelationOperator> = new Map([
  ['<', '>'],
  ['>', '<'],
  ['<=', '>='],
  ['>=', '<='],
])

/** The set of values of x with `x operator bound`. */
function halfLine(operator: RelationOperator, bound: Expression): readonly Piece[] | undefined {
  const end = endOf(bound, operator === '<=' || operator === '>=' || operator === '=' || operator === '!=')
  if (end === undefined) return undefined
  switch (operator) {
    case '<':
    case '<=':
      return [{ low: LOWEST, high: end }]
    case '>':
    case '>=':
      return [{ low: end, high: HIGHEST }]
    case '=':
      return [{ low: end, high: end }]
    case '!=':
      return complementOf([{ low: end, high: end }])
    default:
      return undefined
  }
}

/** Solves `left operator right` for its one variable, when it is linear with rational coefficients. */
function solved(
  left: Expression,
  operator: RelationOperator,
  right: Expression,
  comparison: Comparison,
): RealSet | undefined {
  const mirrored = MIRRORED.get(operator) ?? operator
  if (left.kind === 'symbol' && isConstant(right)) {
    const pieces = halfLine(operator, right)
    return pieces && { pieces, variable: left.name }
  }
  if (right.kind === 'symbol' && isConstant(left)) {
    const pieces = halfLine(mirrored, left)
    return pieces && { pieces, variable: right.name }
  }
  const table = new AtomTable(comparison.budget)
  const difference = toFraction({ kind: 'sum', terms: [left, negationOf(right)] }, table)
  const symbol = table.atoms[0]?.node
  if (
    symbol?.kind !== 'symbol' ||
    table.atoms.length !== 1 ||
    constantOf(difference.denominator) === undefined
  ) {
    return undefined
  }
  const { terms } = difference.numerator
  const slope = terms.get(monomialOf(0))
  const offset = terms.get(0)
  if (slope === undefined || terms.size > (offset === undefined ? 1 : 2)) return undefined
  const bound = numberNode(
    offset === undefined ? divide(negate(slope), slope) : negate(divide(offset, slope)),
  )
  const pieces = halfLine(sign(slope) < 0 ? mirrored : operator, offset === undefined ? ZERO_BOUND : bound)
  return pieces && { pieces, variable: symbol.name }
}

const ZERO_BOUND = numberNode(ZERO)

function ofRelation(node: RelationNode, comparison: Comparison): RealSet | undefined {
  let result: RealSet | undefined
  for (let at = 0; at < node.operators.length; at++) {
    const operator = node.operators[at]!
    const [left, right] = [node.operands[at]!, node.operands[at + 1]!]
    let part: RealSet | undefined
    if (operator === 'in') {
      const inner = left.kind === 'symbol' ? realSetOf(right, comparison) : undefined
      part = inner && { pieces: inner.pieces, variable: (left as { name: string }).name }
    } else if (isScalar(left) && isScalar(right)) part = solved(left, operator, right, comparison)
    if (part === undefined || (result !== undefined && result.variable !== part.variable)) return undefined
    result =
      result === undefined
        ? part
        : { pieces: intersected(result.pieces, part.pieces, comparison), variable: part.variable }
  }
  return result
}

function ofItems(items: readonly Expression[], comparison: Comparison): RealSet[] | undefined {
  const sets: RealSet[] = []
  for (const item of items) {
    const set = realSetOf(item, comparison)
    if (set === undefined || sets.length >= PIECE_LIMIT) return undefined
    sets.push(set)
  }
  return sets
}

function commonVariable(sets: readonly RealSet[]): string | undefined | null {
  const names = new Set(sets.map(({ variable }) => variable).filter((name) => name !== undefined))
  return names.size > 1 ? null : [...names][0]
}

/**
 * The set of real numbers that an answer describes, or undefined where it describes none. Throws `limitExceeded`
 * beyond the bounds.
 */
function realSetOf(node: Expression, comparison: Comparison): RealSet | undefined {
  switch (node.kind) {
    case 'number-set':
      return node.name === 'R' ? { pieces: ALL, variable: undefined } : undefined
    case 'tuple': {
      if (node.items.length !== 2 || node.open === '<') return undefined
      const low = endOf(node.items[0]!, node.open === '[')
      const high = endOf(node.items[1]!, node.close === ']')
      if (low === undefined || high === undefined || low.value >= high.value) return undefined
      return { pieces: [{ low, high }], variable: undefined }
    }
    case 'set': {
      const points: Piece[] = []
      for (const item of node.items) {
        const end = endOf(item, true)
        if (end === undefined || !Number.isFinite(end.value) || points.length >= PIECE_LIMIT) return undefined
        points.push({ low: end, high: end })
      }
      return { pieces: united(points, comparison), variable: undefined }
    }
    case 'relation':
      return ofRelation(node, comparison)
    case 'list':
    case 'set-operation': {
      const sets = ofItems(node.kind === 'list' ? node.items : node.operands, comparison)
      const variable = sets && commonVariable(sets)
      if (sets === undefined || variable === null) return undefined
      const isUnion =
        node.kind === 'set-operation'
          ? node.name === 'union'
          : node.separator === 'or' || variable === undefined
      if (isUnion)
        return {
          pieces: united(
            sets.flatMap(({ pieces }) => pieces),
            comparison,
          ),
          variable,
        }
      const pieces = sets
        .map((set) => set.pieces)
        .reduce((a, b) =>
          intersected(
            a,
            node.kind === 'set-operation' && node.name === 'difference' ? complementOf(b) : b,
            comparison,
          ),
        )
      // "x < 1, x > 3" lists the parts of a union, although commas also join conditions
      if (node.kind === 'list' && pieces.length === 0) {
        return {
          pieces: united(
            sets.flatMap((set) => set.pieces),
            comparison,
          ),
          variable,
        }
      }
      return { pieces, variable }
    }
    default:
      return undefined
  }
}

/** Compares two answers as sets of real numbers; undefined where one of them is none. */
export function compareRealSets(
  gold: Expression,
  answer: Expression,
  comparison: Comparison,
): Verdict | undefined {
  let a: RealSet | undefined
  let b: RealSet | undefined
  try {
    a = realSetOf(gold, comparison)
    b = a && realSetOf(answer, comparison)
  } catch (error) {
    if (error === limitExceeded || error === noValue) return undefined
    throw error
  }
  if (a === undefined || b === undefined) return undefined
  if (a.variable !== undefined && b.variable !== undefined && a.variable !== b.variable) {
    return comparison.decide('different', 3, 'conditions on different variables')
  }
  if (a.pieces.length !== b.pieces.length) return comparison.decide('different', 2, 'different intervals')
  let verdict: Verdict = 'equal'
  for (let at = 0; at < a.pieces.length; at++) {
    const [first, second] = [a.pieces[at]!, b.pieces[at]!]
    for (const side of ['low', 'high'] as const) {
      if (first[side].closed !== second[side].closed) {
        return comparison.decide('different', 2, 'an end is open on one side and closed on the other')
      }
      const end = comparison.compare(first[side].node, second[side].node, comparison)
      if (end === 'different') return comparison.decide('different', 2, 'different ends of an interval')
      if (end === 'undecided') verdict = end
    }
  }
  return comparison.decide(verdict, 2, 'the same set of real numbers')
}
