/** The operands of the grammar: numbers, names, brackets, fractions, roots, matrices and words. */
import {
  callOf,
  type Expression,
  INFINITY_NODE,
  isScalar,
  numberNode,
  powerOf,
  quotientOf,
  reciprocalOf,
  type TupleNode,
} from './expression.ts'
import { isItemEnd, LEVEL, notParsable } from './grammar.ts'
import type { Parser } from './parse.ts'
import { parseFunction } from './parse-function.ts'
import { baseNumber, numberFromText } from './parse-number.ts'
import { unitless } from './quantity.ts'
import { rational } from './rational.ts'
import { NUMBER_WORDS } from './vocabulary.ts'

const HALF = numberNode(rational(1, 2))
const THIRD = numberNode(rational(1, 3))

/** One operand, without the operators after it. */
export function parsePrimary(parser: Parser): Expression {
  const kind = parser.kind()
  const text = parser.texts[parser.at]!
  switch (kind) {
    case 'number':
      parser.at++
      return parser.accept('_') ? baseNumber(text, subscript(parser)) : numberFromText(text)
    case 'symbol':
      return parseName(parser)
    case 'constant':
      parser.at++
      if (parser.sign() === '_') {
        parser.at--
        return parseName(parser)
      }
      return text === 'infinity' ? INFINITY_NODE : { kind: 'constant', name: text as 'pi' | 'e' | 'i' }
    case 'function':
      return parseFunction(parser, parsePrimary, texArgument)
    case 'number-set':
      parser.at++
      return { kind: 'number-set', name: text }
    case 'word':
    case 'text':
      return parseText(parser)
    case 'operator':
      return parseSign(parser, text)
    default:
      throw notParsable
  }
}

function parseSign(parser: Parser, sign: string): Expression {
  switch (sign) {
    case '(':
    case '[':
      return parseBrackets(parser, sign)
    case '{':
      return parseGroup(parser)
    case '\\{':
      return parseSet(parser)
    case '<':
    case '\\langle':
      return parseAngle(parser)
    case '|': {
      parser.at++
      const inside = enclosed(parser, LEVEL.sum, true)
      parser.expect('|')
      return callOf('abs', scalar(inside))
    }
    case '\\lfloor':
    case '\\lceil': {
      parser.at++
      const inside = enclosed(parser, LEVEL.sum)
      parser.expect(sign === '\\lfloor' ? '\\rfloor' : '\\rceil')
      return callOf(sign === '\\lfloor' ? 'floor' : 'ceil', scalar(inside))
    }
    case 'frac': {
      parser.at++
      const numerator = texArgument(parser)
      return quotientOf(numerator, texArgument(parser))
    }
    case 'binom': {
      parser.at++
      const total = texArgument(parser)
      return callOf('binomial', total, texArgument(parser))
    }
    case 'sqrt': {
      parser.at++
      if (parser.sign() !== '[') return powerOf(texArgument(parser), HALF)
      const index = scalar(parseBrackets(parser, '['))
      return powerOf(texArgument(parser), reciprocalOf(index))
    }
    case 'surd':
    case 'cuberoot':
      parser.at++
      return powerOf(scalar(parsePrimary(parser)), sign === 'surd' ? HALF : THIRD)
    case 'overline':
      parser.at++
      return overlined(texArgument(parser))
    case 'begin':
      return parseMatrix(parser)
    case 'emptyset':
      parser.at++
      return { kind: 'set', items: [] }
    default:
      throw notParsable
  }
}

/** Parses inside brackets, where bars and colons of the surroundings mean nothing. */
function enclosed(parser: Parser, level: number, barCloses = false, colonCloses = false): Expression {
  const outerBar = parser.barCloses
  const outerColon = parser.colonCloses
  parser.barCloses = barCloses
  parser.colonCloses = colonCloses
  const inside = parser.parse(level)
  parser.barCloses = outerBar
  parser.colonCloses = outerColon
  return inside
}

function scalar(node: Expression): Expression {
  const bare = unitless(node)
  if (!isScalar(bare)) throw notParsable
  return bare
}

/** A group in braces: layout around one expression, or a set written without backslashes. */
export function parseGroup(parser: Parser): Expression {
  parser.expect('{')
  if (parser.accept('}')) return { kind: 'set', items: [] }
  let inside = enclosed(parser, 0)
  if (parser.accept('choose')) inside = callOf('binomial', scalar(inside), scalar(enclosed(parser, 0)))
  else if (parser.accept('over')) inside = quotientOf(scalar(inside), scalar(enclosed(parser, 0)))
  parser.expect('}')
  return inside.kind === 'list' ? { kind: 'set', items: inside.items } : inside
}

/** The argument of a LaTeX command: a group, or one digit, letter or command. */
function texArgument(parser: Parser): Expression {
  if (parser.sign() === '{') return scalar(parseGroup(parser))
  const text = parser.texts[parser.at]
  if (parser.kind() === 'number' && text!.length > 1 && /^\d+$/.test(text!)) {
    parser.texts[parser.at] = text!.slice(1)
    return numberFromText(text![0]!)
  }
  if (parser.kind() === 'number') {
    parser.at++
    return numberFromText(text!)
  }
  return scalar(parsePrimary(parser))
}

function parseBrackets(parser: Parser, open: '(' | '['): Expression {
  parser.at++
  const inside = enclosed(parser, 0)
  const close = parser.sign()
  if (close !== ')' && close !== ']') throw notParsable
  parser.at++
  if (inside.kind === 'list') return { kind: 'tuple', open, close, items: inside.items }
  if ((open === '(') !== (close === ')')) throw notParsable
  return inside
}

function parseAngle(parser: Parser): TupleNode {
  parser.at++
  const items: Expression[] = []
  do items.push(enclosed(parser, LEVEL.setOperation))
  while (parser.accept(','))
  if (!parser.accept('>') && !parser.accept('\\rangle')) throw notParsable
  return { kind: 'tuple', open: '<', close: '>', items }
}

/** \{a, b\}, or \{x ∈ ℝ | condition\}, which is its condition. */
function parseSet(parser: Parser): Expression {
  parser.at++
  if (parser.accept('\\}')) return { kind: 'set', items: [] }
  const inside = enclosed(parser, 0, true, true)
  if (parser.accept('|') || parser.accept(':')) {
    const isReal =
      inside.kind === 'relation' &&
      inside.operands.length === 2 &&
      inside.operators[0] === 'in' &&
      inside.operands[1]!.kind === 'number-set' &&
      inside.operands[1]!.name === 'R'
    if (inside.kind !== 'symbol' && !isReal) throw notParsable
    const condition = enclosed(parser, 0)
    parser.expect('\\}')
    return condition
  }
  parser.expect('\\}')
  return { kind: 'set', items: inside.kind === 'list' ? inside.items : [inside] }
}

/** A conjugate of a variable is another variable; a segment's bar is decoration. */
function overlined(inside: Expression): Expression {
  if (inside.kind === 'symbol') return { kind: 'symbol', name: `overline ${inside.name}` }
  const isSegment =
    inside.kind === 'product' &&
    inside.factors.every((factor) => factor.kind === 'symbol' && /^[A-Z]/.test(factor.name))
  if (!isSegment) throw notParsable
  return inside
}

const PIECEWISE_WORDS: ReadonlySet<string> = new Set(['if', 'for', 'when', 'where'])

function parseMatrix(parser: Parser): Expression {
  parser.at++
  const environment = parser.texts[parser.at++]!
  const isPiecewise = environment === 'cases'
  const isDeterminant = environment === 'vmatrix' || environment === 'Vmatrix'
  const rows: Expression[][] = [[]]
  while (parser.sign() !== 'end') {
    if (parser.at >= parser.end) throw notParsable
    if (isPiecewise && PIECEWISE_WORDS.has(parser.texts[parser.at]!.toLowerCase())) parser.at++
    rows.at(-1)!.push(enclosed(parser, 0))
    if (parser.accept('&')) continue
    if (!parser.accept('\\\\')) break
    if (parser.sign() !== 'end') rows.push([])
  }
  parser.expect('end')
  if (parser.texts[parser.at++] !== environment) throw notParsable
  return { kind: 'matrix', form: isPiecewise || isDeterminant ? environment : 'matrix', rows }
}

/** The texts of a subscript: one token, or a group. */
function subscript(parser: Parser): string {
  if (!parser.accept('{')) {
    if (parser.at >= parser.end) throw notParsable
    return parser.texts[parser.at++]!
  }
  let name = ''
  for (let depth = 1; ; ) {
    if (parser.at >= parser.end) throw notParsable
    const text = parser.texts[parser.at++]!
    if (text === '{') depth++
    else if (text === '}' && --depth === 0) return name
    name += text
  }
}

/** A variable with primes and subscript, or the left side of a definition such as f(x) = …. */
function parseName(parser: Parser): Expression {
  const start = parser.at
  parser.at++
  const defined = definitionEnd(parser)
  if (defined !== undefined) {
    parser.at = defined
    return { kind: 'symbol', name: parser.texts.slice(start, defined).join('') }
  }
  let name = parser.texts[start]!
  while (parser.accept("'")) name += "'"
  if (parser.accept('_')) name += `_${subscript(parser)}`
  while (parser.accept("'")) name += "'"
  return { kind: 'symbol', name }
}

/** Where "f(x)" or "P(any event)" before an equals sign ends, or undefined. */
function definitionEnd(parser: Parser): number | undefined {
  let at = parser.at
  if (parser.sign(at) === '^' && parser.texts.slice(at + 1, at + 5).join('') === '{-1}') at += 5
  while (parser.sign(at) === "'") at++
  if (parser.sign(at) !== '(') return undefined
  const isProbability = /^[PE]$/.test(parser.texts[parser.at - 1]!)
  let depth = 0
  for (; at < parser.end; at++) {
    const sign = parser.sign(at)
    if (sign === '(') depth++
    else if (sign === ')') {
      if (--depth === 0) break
    } else if (!isProbability && sign !== undefined && sign !== ',') return undefined
  }
  return parser.sign(at + 1) === '=' ? at + 1 : undefined
}

/** A single letter in a text command is a variable; words reach to the end of their item. */
function parseText(parser: Parser): Expression {
  const start = parser.at
  const first = parser.texts[start]!
  if (first.length === 1 && parser.kind() === 'text' && /[A-Za-z]/.test(first)) {
    parser.at++
    if (first === 'e' || first === 'i') return { kind: 'constant', name: first }
    parser.at--
    return parseName(parser)
  }
  while (parser.kind() === 'word' || parser.kind() === 'text' || parser.sign() === '.') parser.at++
  if (!isItemEnd(parser, parser.at) && parser.sign() !== ':') {
    parser.at = start + 1
    if (NUMBER_WORDS.has(first.toLowerCase())) {
      return numberNode(rational(NUMBER_WORDS.get(first.toLowerCase())!))
    }
    if (parser.kinds[start] === 'text' && /^[A-Za-z]+$/.test(first)) return { kind: 'symbol', name: first }
    throw notParsable
  }
  const words = wordsOf(parser.texts.slice(start, parser.at))
  const number = NUMBER_WORDS.get(words)
  if (number !== undefined) return numberNode(rational(number))
  if (NUMBER_WORDS.has(first.toLowerCase())) {
    // "three apples": a number with its unit
    parser.at = start + 1
    return numberNode(rational(NUMBER_WORDS.get(first.toLowerCase())!))
  }
  return { kind: 'text', text: words }
}

/** Words in lower case, single spaces between them, punctuation at the ends removed. */
export function wordsOf(texts: readonly string[]): string {
  return texts
    .join(' ')
    .toLowerCase()
    .replace(/^[\s.,:;()'"!?]+|[\s.,:;()'"!?]+$/g, '')
    .replace(/\s+/g, ' ')
}
