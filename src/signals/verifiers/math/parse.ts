/**
 * Pratt parser of answers: one grammar for LaTeX and plain syntax, from commas and relations down to powers.
 * What it cannot read throws `notParsable`, which never leaves the verifier.
 */
import {
  callOf,
  type Expression,
  isScalar,
  type ListNode,
  numberNode,
  powerOf,
  type RelationOperator,
  reciprocalOf,
} from './expression.ts'
import { isClosed, isItemEnd, LEVEL, notParsable } from './grammar.ts'
import { parseGroup, parsePrimary } from './parse-primary.ts'
import { parseUnit, startsUnit } from './parse-unit.ts'
import { multiplied, negated, summed, unitless } from './quantity.ts'
import { rational } from './rational.ts'
import type { Tokens } from './tokenise.ts'
import { DEGREE, PERCENT, unitOf } from './units.ts'
import type { TokenKind } from './vocabulary.ts'

/** Levels of brackets, functions and exponents inside one another. */
const DEPTH_LIMIT = 1000

const RELATIONS: ReadonlySet<string> = new Set(['=', '<', '>', '<=', '>=', '!=', 'in', 'approx'])
const SET_OPERATIONS: ReadonlyMap<string, 'union' | 'intersection' | 'difference'> = new Map([
  ['cup', 'union'],
  ['cap', 'intersection'],
  ['setminus', 'difference'],
])
/** Signs that open an operand, so that it multiplies what stands before it. */
const OPENERS: ReadonlySet<string> = new Set(
  '( { frac sqrt surd cuberoot binom overline \\lfloor \\lceil begin'.split(' '),
)
const CURRENCIES: ReadonlySet<string> = new Set(['$', '€', '£'])

export class Parser {
  readonly kinds: TokenKind[]
  readonly texts: string[]
  readonly spaced: boolean[]
  at: number
  readonly end: number
  /** Inside |…| and inside sets a bar closes; elsewhere it opens an absolute value. */
  barCloses = false
  /** Inside a set a colon begins the condition. */
  colonCloses = false
  #depth = 0

  constructor(tokens: Tokens, from: number, end: number) {
    this.kinds = tokens.kinds
    this.texts = tokens.texts
    this.spaced = tokens.spaced
    this.at = from
    this.end = end
  }

  /** The sign at a position, or undefined where no operator stands. */
  sign(at: number = this.at): string | undefined {
    return at < this.end && this.kinds[at] === 'operator' ? this.texts[at] : undefined
  }

  kind(at: number = this.at): TokenKind | undefined {
    return at < this.end ? this.kinds[at] : undefined
  }

  accept(sign: string): boolean {
    if (this.sign() !== sign) return false
    this.at++
    return true
  }

  expect(sign: string): void {
    if (!this.accept(sign)) throw notParsable
  }

  /** Parses with operators that bind at least as strongly as `minimum`. */
  parse(minimum: number): Expression {
    if (++this.#depth > DEPTH_LIMIT) throw notParsable
    let left = this.#operand(minimum)
    while (this.at < this.end) {
      const next = this.#extend(left, minimum)
      if (next === undefined) break
      left = next
    }
    this.#depth--
    return left
  }

  #operand(minimum: number): Expression {
    let negative = false
    let signed = false
    for (let sign = this.sign(); sign === '-' || sign === '+'; sign = this.sign()) {
      if (sign === '-') negative = !negative
      signed = true
      this.at++
    }
    if (signed) {
      const operand = this.parse(Math.max(minimum, LEVEL.product))
      return negative ? negated(operand) : operand
    }
    const sign = this.sign()
    if (sign === '+-' || sign === '-+') {
      this.at++
      const operand = this.parse(Math.max(minimum, LEVEL.product))
      return callOf(sign === '+-' ? 'plus-minus' : 'minus-plus', unitless(operand))
    }
    if (sign !== undefined && CURRENCIES.has(sign)) {
      this.at++
      const value = this.parse(Math.max(minimum, LEVEL.product))
      if (value.kind === 'quantity') return value
      if (!isScalar(value)) throw notParsable
      return { kind: 'quantity', value, unit: unitOf([{ word: sign, power: 1 }]) }
    }
    return parsePrimary(this)
  }

  /** One more operator after `left`, or undefined where the expression ends for this level. */
  #extend(left: Expression, minimum: number): Expression | undefined {
    const sign = this.sign()
    if (sign === undefined) return this.#juxtapose(left, minimum)
    switch (sign) {
      case '+':
      case '-':
      case '+-':
      case '-+':
        return minimum > LEVEL.sum ? undefined : this.#sum(left)
      case '*':
      case '/':
        return minimum > LEVEL.product ? undefined : this.#product(left)
      case '^':
        return minimum > LEVEL.power ? undefined : this.#power(left)
      case '!':
        this.at++
        if (this.sign() === '!') throw notParsable
        return callOf('factorial', unitless(left))
      case '%':
        this.at++
        return this.#measured(left, PERCENT)
      case 'degree':
        return this.#degree(left)
      case ',':
      case ';':
      case 'and':
      case 'or':
        return minimum > LEVEL.list ? undefined : this.#list(left)
      case ':':
        if (this.colonCloses || minimum > LEVEL.ratio) return undefined
        return this.#ratio(left)
      case '|':
        return this.barCloses || minimum > LEVEL.product ? undefined : this.#product(left)
      default:
        if (CURRENCIES.has(sign)) {
          this.at++
          return this.#measured(left, unitOf([{ word: sign, power: 1 }]))
        }
        if (RELATIONS.has(sign)) return minimum > LEVEL.relation ? undefined : this.#relation(left)
        if (SET_OPERATIONS.has(sign)) {
          return minimum > LEVEL.setOperation
            ? undefined
            : this.#setOperation(left, SET_OPERATIONS.get(sign)!)
        }
        if (OPENERS.has(sign)) return minimum > LEVEL.product ? undefined : this.#product(left)
        return undefined
    }
  }

  /** Something without an operator before it: a union written U, a unit, or a factor. */
  #juxtapose(left: Expression, minimum: number): Expression | undefined {
    if (left.kind === 'tuple' && this.texts[this.at] === 'U' && this.kind() === 'symbol') {
      return minimum > LEVEL.setOperation ? undefined : this.#setOperation(left, 'union')
    }
    if (startsUnit(this, left)) return minimum > LEVEL.product ? undefined : parseUnit(this, left)
    return minimum > LEVEL.product ? undefined : this.#product(left)
  }

  #measured(value: Expression, unit: typeof PERCENT): Expression {
    if (!isScalar(value)) throw notParsable
    return { kind: 'quantity', value, unit }
  }

  #degree(left: Expression): Expression {
    this.at++
    const scale = this.texts[this.at]
    if ((scale === 'C' || scale === 'F') && isItemEnd(this, this.at + 1)) {
      this.at++
      return this.#measured(left, unitOf([{ word: scale === 'C' ? 'celsius' : 'fahrenheit', power: 1 }]))
    }
    return this.#measured(left, DEGREE)
  }

  #sum(left: Expression): Expression {
    const terms = [left]
    for (;;) {
      const sign = this.sign()
      if (sign !== '+' && sign !== '-' && sign !== '+-' && sign !== '-+') break
      this.at++
      const term = this.parse(LEVEL.sum + 1)
      if (sign === '+') terms.push(term)
      else if (sign === '-') terms.push(negated(term))
      else terms.push(callOf(sign === '+-' ? 'plus-minus' : 'minus-plus', unitless(term)))
    }
    return summed(terms)
  }

  #product(left: Expression): Expression {
    const factors = [left]
    while (this.at < this.end) {
      const sign = this.sign()
      if (sign === '*') {
        this.at++
        factors.push(this.parse(LEVEL.product + 1))
      } else if (sign === '/') {
        this.at++
        factors.push(reciprocalOf(unitless(this.parse(LEVEL.product + 1))))
      } else if (this.#startsFactor()) {
        // "7 (seven)" says one number twice
        if (sign === '(' && this.kind(this.at + 1) === 'word') throw notParsable
        const mixed = factors.length === 1 ? this.#mixedNumber(left) : undefined
        factors[factors.length - 1] = mixed ?? factors[factors.length - 1]!
        if (mixed === undefined) factors.push(this.parse(LEVEL.product + 1))
      } else break
    }
    // no progress: whatever stands here belongs to no rule
    if (factors.length === 1 && factors[0] === left) throw notParsable
    return multiplied(factors)
  }

  #startsFactor(): boolean {
    const sign = this.sign()
    if (sign !== undefined) return OPENERS.has(sign) || (sign === '|' && !this.barCloses)
    switch (this.kind()) {
      case 'symbol':
      case 'constant':
      case 'function':
        return true
      case 'text':
        return this.texts[this.at]!.length === 1
      case 'number': {
        const before = this.kinds[this.at - 1]
        if (before === 'number') return this.spaced[this.at]! && this.sign(this.at + 1) === '/'
        return before !== 'symbol'
      }
      default:
        return false
    }
  }

  /** A whole number directly followed by a fraction of whole numbers is their sum. */
  #mixedNumber(whole: Expression): Expression | undefined {
    if (whole.kind !== 'number' || !this.#isWhole(this.at - 1)) return undefined
    if (this.sign() === 'frac') {
      return this.#isNumericFraction() ? summed([whole, parsePrimary(this)]) : undefined
    }
    if (!this.#isWhole(this.at)) return undefined
    if (this.sign(this.at + 1) !== '/' || !this.#isWhole(this.at + 2)) throw notParsable
    const numerator = Number(this.texts[this.at])
    const denominator = Number(this.texts[this.at + 2])
    if (!(numerator < denominator && denominator <= Number.MAX_SAFE_INTEGER)) throw notParsable
    this.at += 3
    return summed([whole, numberNode(rational(numerator, denominator))])
  }

  #isWhole(at: number): boolean {
    return this.kind(at) === 'number' && /^\d+$/.test(this.texts[at]!)
  }

  /** Whether numerator and denominator of the fraction here are digits only. */
  #isNumericFraction(): boolean {
    let at = this.at + 1
    for (let part = 0; part < 2; part++) {
      const isBraced = this.sign(at) === '{'
      if (isBraced) at++
      if (!this.#isWhole(at)) return false
      // \frac37: both digits in one token
      if (!isBraced && part === 0 && this.texts[at]!.length > 1) return true
      at++
      if (isBraced && this.sign(at++) !== '}') return false
    }
    return true
  }

  #power(left: Expression): Expression {
    this.at++
    if (this.sign() === 'degree') return this.#degree(left)
    if (this.sign() === '{' && this.sign(this.at + 1) === 'degree' && this.sign(this.at + 2) === '}') {
      this.at++
      const measured = this.#degree(left)
      this.expect('}')
      return measured
    }
    if (left.kind === 'number' && this.#ordinal()) return left
    const exponent = this.sign() === '{' ? parseGroup(this) : this.parse(LEVEL.power)
    if (!isScalar(unitless(left)) || !isScalar(exponent)) throw notParsable
    return powerOf(unitless(left), exponent)
  }

  /** 5^{th} and 5^{\text{th}}. */
  #ordinal(): boolean {
    if (this.sign() !== '{') return false
    let at = this.at + 1
    let letters = ''
    while (at < this.end && this.sign(at) !== '}' && letters.length < 3) letters += this.texts[at++]
    if (!/^(?:th|st|nd|rd)$/.test(letters) || this.sign(at) !== '}') return false
    this.at = at + 1
    return true
  }

  #list(left: Expression): Expression {
    const items = [left]
    let separator: ListNode['separator'] = 'comma'
    for (;;) {
      const sign = this.sign()
      if (sign !== ',' && sign !== ';' && sign !== 'and' && sign !== 'or') break
      this.at++
      if (sign === 'or') separator = 'or'
      else if (sign === 'and' && separator !== 'or') separator = 'and'
      if (sign === ',' && (this.sign() === 'and' || this.sign() === 'or')) continue
      if (isClosed(this, this.at)) {
        if (sign === ',' || sign === ';') break
        throw notParsable
      }
      items.push(this.parse(LEVEL.list + 1))
    }
    return items.length === 1 ? left : { kind: 'list', items, separator }
  }

  #relation(left: Expression): Expression {
    const operands = [left]
    const operators: RelationOperator[] = []
    for (let sign = this.sign(); sign !== undefined && RELATIONS.has(sign); sign = this.sign()) {
      this.at++
      operators.push(sign as RelationOperator)
      operands.push(this.parse(LEVEL.relation + 1))
    }
    return { kind: 'relation', operators, operands }
  }

  #setOperation(left: Expression, name: 'union' | 'intersection' | 'difference'): Expression {
    const operands = [left]
    while (
      (this.sign() !== undefined && SET_OPERATIONS.get(this.sign()!) === name) ||
      (name === 'union' && this.texts[this.at] === 'U' && this.kind() === 'symbol')
    ) {
      this.at++
      operands.push(this.parse(LEVEL.setOperation + 1))
    }
    return { kind: 'set-operation', name, operands }
  }

  #ratio(left: Expression): Expression {
    if (left.kind === 'text') {
      this.at++
      return this.parse(LEVEL.relation)
    }
    const parts: Expression[] = [left]
    while (this.accept(':')) parts.push(this.parse(LEVEL.sum))
    const last = parts.at(-1)!
    if (!parts.slice(0, -1).every(isScalar)) throw notParsable
    if (last.kind === 'quantity') {
      // 12:30 p.m.
      const ratio: Expression = { kind: 'ratio', parts: [...parts.slice(0, -1), last.value] }
      return { kind: 'quantity', value: ratio, unit: last.unit }
    }
    if (!isScalar(last)) throw notParsable
    return { kind: 'ratio', parts }
  }
}
