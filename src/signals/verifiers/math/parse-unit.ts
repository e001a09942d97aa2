/** Units after a value: words, abbreviations, powers of them, and multipliers such as "million". */
import { type Expression, isScalar, numberNode, productOf } from './expression.ts'
import { isItemEnd, notParsable } from './grammar.ts'
import type { Parser } from './parse.ts'
import { rational } from './rational.ts'
import { isKnownUnit, PERCENT, type UnitFactor, unitOf } from './units.ts'
import { MULTIPLIER_WORDS, NOT_A_UNIT } from './vocabulary.ts'

/** "5 min" and "30 sec": the names of functions that are also units. */
const isUnitFunction = (name: string): boolean => name === 'min' || name === 'sec'

/** Whether the tokens after `left` are its unit. */
export function startsUnit(parser: Parser, left: Expression): boolean {
  const { at } = parser
  const text = parser.texts[at]!
  switch (parser.kind()) {
    case 'word':
      return true
    case 'text':
      return text.length > 1 || (isKnownUnit(text) && !hasVariables(left))
    case 'function':
      return isUnitFunction(text) && (isItemEnd(parser, at + 1) || parser.kind(at + 1) === 'word')
    case 'symbol':
      // "5 m/s": a quotient of two units after a number
      return (
        left.kind === 'number' &&
        parser.spaced[at]! &&
        isKnownUnit(text) &&
        parser.sign(at + 1) === '/' &&
        at + 2 < parser.end &&
        isKnownUnit(parser.texts[at + 2]!)
      )
    default:
      return false
  }
}

function hasVariables(node: Expression): boolean {
  return node.kind === 'symbol' || (node.kind === 'product' && node.factors.some(hasVariables))
}

/** Reads the rest of the item as a unit of `left`; words that could change the value are not read. */
export function parseUnit(parser: Parser, left: Expression): Expression {
  const factors: { word: string; power: number }[] = []
  let multiplier = 1
  let inverted = false
  const push = (word: string): void => {
    if (word === 'per') {
      inverted = true
      return
    }
    const lower = word.toLowerCase()
    if (factors.length === 0 && MULTIPLIER_WORDS.has(lower)) {
      multiplier *= MULTIPLIER_WORDS.get(lower)!
      return
    }
    if (NOT_A_UNIT.has(lower) || /\d/.test(word)) throw notParsable
    factors.push({ word, power: inverted ? -1 : 1 })
    inverted = false
  }
  while (!isItemEnd(parser, parser.at)) {
    const text = parser.texts[parser.at]!
    switch (parser.kind()) {
      case 'word':
      case 'text':
        for (const word of text.split(/[\s,()]+|(?<=\/)|(?=\/)/)) {
          if (word === '/') inverted = true
          else if (word !== '') push(word.length > 4 ? word.replace(/\.$/, '') : word)
        }
        break
      case 'symbol':
        if (factors.length > 0 && !inverted && !isKnownUnit(text)) throw notParsable
        push(text)
        break
      case 'function':
        if (!isUnitFunction(text)) throw notParsable
        push(text)
        break
      case 'operator':
        if (text === '/') inverted = true
        else if (text === '^') raise(parser, factors)
        else if (text === '%' && factors.length === 0) push('%')
        else if (text !== '.' && text !== '*') throw notParsable
        break
      default:
        throw notParsable
    }
    parser.at++
  }
  return withUnit(left, multiplier, factors)
}

/** The power of the last factor: `^2` or `^{-1}`. Leaves the position on its last token. */
function raise(parser: Parser, factors: { word: string; power: number }[]): void {
  const last = factors.at(-1)
  if (last === undefined) throw notParsable
  let at = parser.at + 1
  const braced = parser.sign(at) === '{'
  if (braced) at++
  const negative = parser.sign(at) === '-'
  if (negative) at++
  const exponent = parser.kind(at) === 'number' ? Number(parser.texts[at]) : Number.NaN
  if (!Number.isInteger(exponent) || exponent > 9) throw notParsable
  if (braced && parser.sign(++at) !== '}') throw notParsable
  last.power *= negative ? -exponent : exponent
  parser.at = at
}

function withUnit(left: Expression, multiplier: number, factors: readonly UnitFactor[]): Expression {
  const inner = left.kind === 'quantity' ? left.value : left
  if (!isScalar(inner) && inner.kind !== 'ratio') throw notParsable
  const value = multiplier === 1 ? inner : productOf([inner, numberNode(rational(multiplier))])
  if (left.kind === 'quantity') return { kind: 'quantity', value, unit: left.unit }
  if (factors.length === 0) return value
  const unit = unitOf(factors)
  return { kind: 'quantity', value, unit: unit.words === 'percent' || unit.words === '%' ? PERCENT : unit }
}
