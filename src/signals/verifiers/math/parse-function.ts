/** Applications of named functions, with and without brackets around the argument. */
import { callOf, type Expression, isScalar, numberNode, powerOf, reciprocalOf } from './expression.ts'
import { LEVEL, notParsable } from './grammar.ts'
import type { Parser } from './parse.ts'
import { multiplied, negated, unitless } from './quantity.ts'
import { rational } from './rational.ts'

type Parse = (parser: Parser) => Expression

const HAS_INVERSE = /^(?:sin|cos|tan|cot|sec|csc)h?$/
const SEVERAL_ARGUMENTS: ReadonlySet<string> = new Set(['max', 'min', 'gcd', 'lcm', 'binomial'])
const TEN = numberNode(rational(10))
const ONE_THIRD = numberNode(rational(1, 3))
const ONE_HALF = numberNode(rational(1, 2))
const EULER: Expression = { kind: 'constant', name: 'e' }

function scalar(node: Expression): Expression {
  const bare = unitless(node)
  if (!isScalar(bare)) throw notParsable
  return bare
}

/** A function name at the parser's position, its base, its power and its arguments. */
export function parseFunction(parser: Parser, primary: Parse, texArgument: Parse): Expression {
  let name = parser.texts[parser.at++]!
  let base: Expression = TEN
  let exponent: Expression | undefined
  if (name === 'log' && parser.accept('_')) base = texArgument(parser)
  if (parser.accept('^')) {
    if (HAS_INVERSE.test(name) && parser.texts.slice(parser.at, parser.at + 4).join('') === '{-1}') {
      parser.at += 4
      name = name.endsWith('h') ? `ar${name}` : `arc${name}`
    } else exponent = parser.sign() === '{' ? scalar(primary(parser)) : scalar(texArgument(parser))
  }
  const value = apply(name, argumentsOf(parser, name, primary), base)
  return exponent === undefined ? value : powerOf(value, exponent)
}

function apply(name: string, values: readonly Expression[], base: Expression): Expression {
  const first = values[0]!
  if (values.length > 1 && !SEVERAL_ARGUMENTS.has(name)) throw notParsable
  switch (name) {
    case 'exp':
      return powerOf(EULER, first)
    case 'root-of':
      return powerOf(first, ONE_HALF)
    case 'cube-root-of':
      return powerOf(first, ONE_THIRD)
    case 'log':
      return callOf('log', first, base)
    case 'binomial':
      if (values.length !== 2) throw notParsable
      return callOf(name, ...values)
    case 'sec':
    case 'csc':
    case 'cot':
      return reciprocalOf(callOf(RECIPROCALS.get(name)!, first))
    default:
      return callOf(name, ...values)
  }
}

const RECIPROCALS: ReadonlyMap<string, string> = new Map([
  ['sec', 'cos'],
  ['csc', 'sin'],
  ['cot', 'tan'],
])

function argumentsOf(parser: Parser, name: string, primary: Parse): Expression[] {
  const sign = parser.sign()
  if (sign === '(' || sign === '{' || sign === '[') {
    const inside = primary(parser)
    if (inside.kind === 'tuple' || inside.kind === 'set') {
      if (!SEVERAL_ARGUMENTS.has(name)) throw notParsable
      return inside.items.map(scalar)
    }
    return [scalar(inside)]
  }
  return [implicitArgument(parser)]
}

/** Without brackets the argument is a run of factors: \sin 2x, \ln 5, \cos\frac{\pi}{3}. */
function implicitArgument(parser: Parser): Expression {
  let negative = false
  while (parser.sign() === '-' || parser.sign() === '+') {
    if (parser.sign() === '-') negative = !negative
    parser.at++
  }
  const isBar = parser.sign() === '|'
  const factors = [parser.parse(LEVEL.power)]
  while (!isBar && continuesArgument(parser)) factors.push(parser.parse(LEVEL.power))
  const argument = scalar(multiplied(factors))
  return negative ? negated(argument) : argument
}

function continuesArgument(parser: Parser): boolean {
  const kind = parser.kind()
  if (kind === 'symbol' || kind === 'constant') return true
  const sign = parser.sign()
  return sign === 'frac' || sign === 'sqrt' || sign === 'surd'
}
