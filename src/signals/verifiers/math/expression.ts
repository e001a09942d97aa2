/** The syntax tree of an answer, and constructors that fold rational arithmetic while they build. */
import { limitExceeded } from './budget.ts'
import {
  add,
  isZero,
  MINUS_ONE,
  multiply,
  negate as negateRational,
  ONE,
  power as powerOfRational,
  type Rational,
  rational,
  reciprocal,
  toSafeInteger,
} from './rational.ts'
import type { Unit } from './units.ts'

/** A rational number; `decimal`: it was written with a decimal point (and is not a repeating decimal). */
export interface NumberNode {
  readonly kind: 'number'
  readonly value: Rational
  readonly decimal: boolean
}
/** A variable, with its subscript and primes in its name; letter case matters. */
export interface SymbolNode {
  readonly kind: 'symbol'
  readonly name: string
}
export interface ConstantNode {
  readonly kind: 'constant'
  readonly name: 'pi' | 'e' | 'i' | 'infinity'
}
export interface SumNode {
  readonly kind: 'sum'
  readonly terms: readonly Expression[]
}
export interface ProductNode {
  readonly kind: 'product'
  readonly factors: readonly Expression[]
}
export interface PowerNode {
  readonly kind: 'power'
  readonly base: Expression
  readonly exponent: Expression
}
/** A function of the vocabulary; `plus-minus` and `minus-plus` are functions of one argument until expanded. */
export interface CallNode {
  readonly kind: 'call'
  readonly name: string
  readonly arguments: readonly Expression[]
}
/** Brackets around several items: a point, a vector or, with two items, an interval. */
export interface TupleNode {
  readonly kind: 'tuple'
  readonly open: '(' | '[' | '<'
  readonly close: ')' | ']' | '>'
  readonly items: readonly Expression[]
}
export interface SetNode {
  readonly kind: 'set'
  readonly items: readonly Expression[]
}
/** Several answers beside one another, joined by commas or by a word. */
export interface ListNode {
  readonly kind: 'list'
  readonly items: readonly Expression[]
  readonly separator: 'comma' | 'and' | 'or'
}
export type RelationOperator = '=' | '<' | '>' | '<=' | '>=' | '!=' | 'in' | 'approx'
/** A chain `operands[0] operators[0] operands[1] …`. */
export interface RelationNode {
  readonly kind: 'relation'
  readonly operators: readonly RelationOperator[]
  readonly operands: readonly Expression[]
}
export interface SetOperationNode {
  readonly kind: 'set-operation'
  readonly name: 'union' | 'intersection' | 'difference'
  readonly operands: readonly Expression[]
}
/** `form` is the environment's name for piecewise functions and determinants, otherwise `matrix`. */
export interface MatrixNode {
  readonly kind: 'matrix'
  readonly form: string
  readonly rows: readonly (readonly Expression[])[]
}
/** A number with a base subscript; `value` is undefined when a digit does not belong to the base. */
export interface BaseNumberNode {
  readonly kind: 'base-number'
  readonly digits: string
  readonly base: number
  readonly value: Rational | undefined
}
export interface RatioNode {
  readonly kind: 'ratio'
  readonly parts: readonly Expression[]
}
/** One of ℝ, ℤ, ℕ, ℚ, ℂ by its letter. */
export interface NumberSetNode {
  readonly kind: 'number-set'
  readonly name: string
}
export interface QuantityNode {
  readonly kind: 'quantity'
  readonly value: Expression
  readonly unit: Unit
}
/** Words, in lower case with single spaces. */
export interface TextNode {
  readonly kind: 'text'
  readonly text: string
}

export type Expression =
  | NumberNode
  | SymbolNode
  | ConstantNode
  | SumNode
  | ProductNode
  | PowerNode
  | CallNode
  | TupleNode
  | SetNode
  | ListNode
  | RelationNode
  | SetOperationNode
  | MatrixNode
  | BaseNumberNode
  | RatioNode
  | NumberSetNode
  | QuantityNode
  | TextNode

export function numberNode(value: Rational, decimal = false): NumberNode {
  return { kind: 'number', value, decimal }
}

export const MINUS_ONE_NODE: NumberNode = numberNode(MINUS_ONE)
export const INFINITY_NODE: ConstantNode = { kind: 'constant', name: 'infinity' }

/** Runs exact arithmetic; a result beyond the size limit gives undefined and the tree stays unfolded. */
function within(compute: () => Rational): NumberNode | undefined {
  try {
    return numberNode(compute())
  } catch (error) {
    if (error === limitExceeded) return undefined
    throw error
  }
}

/** The sum of `terms`; rational terms only fold into one number. */
export function sumOf(terms: readonly Expression[]): Expression {
  if (terms.length === 1) return terms[0]!
  if (terms.every((term) => term.kind === 'number')) {
    const folded = within(() => terms.reduce((total, term) => add(total, term.value), rational(0)))
    if (folded !== undefined) return folded
  }
  return { kind: 'sum', terms }
}

/** The product of `factors`; rational factors only fold into one number. */
export function productOf(factors: readonly Expression[]): Expression {
  if (factors.length === 1) return factors[0]!
  if (factors.every((factor) => factor.kind === 'number')) {
    const folded = within(() => factors.reduce((total, factor) => multiply(total, factor.value), ONE))
    if (folded !== undefined) return folded
  }
  return { kind: 'product', factors }
}

/** −a. A number keeps its decimal point. */
export function negationOf(a: Expression): Expression {
  if (a.kind === 'number') return numberNode(negateRational(a.value), a.decimal)
  return { kind: 'product', factors: [MINUS_ONE_NODE, a] }
}

/** base^exponent; a rational base with an integer exponent folds while the result stays within 20,000 digits. */
export function powerOf(base: Expression, exponent: Expression): Expression {
  if (base.kind === 'number' && exponent.kind === 'number') {
    const whole = toSafeInteger(exponent.value)
    if (whole !== undefined && (whole > 0 || !isZero(base.value))) {
      const folded = within(() => powerOfRational(base.value, whole))
      if (folded !== undefined) return folded
    }
  }
  return { kind: 'power', base, exponent }
}

/** 1/a; a division by zero stays in the tree, where it has no value. */
export function reciprocalOf(a: Expression): Expression {
  if (a.kind === 'number' && !isZero(a.value))
    return within(() => reciprocal(a.value)) ?? powerOf(a, MINUS_ONE_NODE)
  return powerOf(a, MINUS_ONE_NODE)
}

/** numerator/denominator. */
export function quotientOf(numerator: Expression, denominator: Expression): Expression {
  return productOf([numerator, reciprocalOf(denominator)])
}

export function callOf(name: string, ...parameters: readonly Expression[]): CallNode {
  return { kind: 'call', name, arguments: parameters }
}

/** Whether the expression is arithmetic: it has a complex value once its symbols have one. */
export function isScalar(node: Expression): boolean {
  switch (node.kind) {
    case 'number':
    case 'symbol':
    case 'constant':
    case 'sum':
    case 'product':
    case 'power':
    case 'call':
      return true
    default:
      return false
  }
}

/** The direct parts of a scalar expression. */
export function partsOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'sum':
      return node.terms
    case 'product':
      return node.factors
    case 'power':
      return [node.base, node.exponent]
    case 'call':
      return node.arguments
    default:
      return []
  }
}

/** Adds the names of all variables in a scalar expression to `names`. */
export function collectSymbols(node: Expression, names: Set<string>): void {
  if (node.kind === 'symbol') names.add(node.name)
  else for (const part of partsOf(node)) collectSymbols(part, names)
}

/** Whether a scalar expression holds no variable. */
export function isConstant(node: Expression): boolean {
  if (node.kind === 'symbol') return false
  return partsOf(node).every(isConstant)
}

/** Whether every number in a scalar expression fits a double, so that its neighbours stay apart. */
export function fitsInDoubles(node: Expression): boolean {
  return node.kind === 'number' ? node.value.small : partsOf(node).every(fitsInDoubles)
}
