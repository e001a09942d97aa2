/** Functions in canonical form: exact where their arguments are rational, otherwise atoms. */
import { limitExceeded } from './budget.ts'
import { type CallNode, callOf, type Expression, negationOf, numberNode, powerOf } from './expression.ts'
import { primePowers } from './factorise.ts'
import {
  type AtomTable,
  addFractions,
  constantFraction,
  constantOfFraction,
  type Fraction,
  fractionKey,
  invertFraction,
  LOGARITHM,
  multiplyFractions,
  noValue,
  ONE_FRACTION,
  ZERO_FRACTION,
} from './fraction.ts'
import { constantOf, monomialOf } from './polynomial.ts'
import {
  bigGcd,
  compare,
  floor,
  isInteger,
  isOne,
  isZero,
  multiply,
  negate,
  ONE,
  type Rational,
  rational,
  reciprocal,
  sign,
  toSafeInteger,
  ZERO,
} from './rational.ts'

type ToFraction = (node: Expression, table: AtomTable) => Fraction

/** Arguments up to which factorials and binomials are exact. */
const FACTORIAL_LIMIT = 5000
/** Lower arguments up to which a binomial of an expression is written out. */
const BINOMIAL_EXPANSION_LIMIT = 12

/** Functions that keep zero, and functions that are one there. */
const ZERO_AT_ZERO: ReadonlySet<string> = new Set([
  'sin',
  'tan',
  'arcsin',
  'arctan',
  'sinh',
  'tanh',
  'arsinh',
  'artanh',
])
const ONE_AT_ZERO: ReadonlySet<string> = new Set(['cos', 'cosh'])

/** The product low · (low + 1) · … · high, halved recursively so that the factors stay of similar size. */
function rangeProduct(low: number, high: number): bigint {
  if (low > high) return 1n
  if (high - low < 8) {
    let product = BigInt(low)
    for (let factor = low + 1; factor <= high; factor++) product *= BigInt(factor)
    return product
  }
  const middle = Math.floor((low + high) / 2)
  return rangeProduct(low, middle) * rangeProduct(middle + 1, high)
}

/** The exact value of a function of rational numbers, or undefined where it has none that is rational. */
function exactValue(name: string, values: readonly Rational[], table: AtomTable): Rational | undefined {
  const [first, second] = values as [Rational, Rational | undefined]
  switch (name) {
    case 'factorial': {
      const n = toSafeInteger(first)
      if (n === undefined) return undefined
      if (n < 0) throw noValue
      if (n > FACTORIAL_LIMIT) throw limitExceeded
      table.budget.spend(n)
      return rational(rangeProduct(1, n))
    }
    case 'binomial': {
      const n = toSafeInteger(first)
      const k = second === undefined ? undefined : toSafeInteger(second)
      if (n === undefined || k === undefined || n < 0) return undefined
      if (k < 0 || k > n) return rational(0)
      if (n > FACTORIAL_LIMIT) throw limitExceeded
      table.budget.spend(n)
      const lower = Math.min(k, n - k)
      return rational(rangeProduct(n - lower + 1, n) / rangeProduct(1, lower))
    }
    case 'abs':
      return sign(first) < 0 ? negate(first) : first
    case 'sign':
      return rational(sign(first))
    case 'floor':
      return floor(first)
    case 'ceil':
      return negate(floor(negate(first)))
    case 'max':
      return values.reduce((best, value) => (compare(value, best) > 0 ? value : best))
    case 'min':
      return values.reduce((best, value) => (compare(value, best) < 0 ? value : best))
    case 'gcd':
    case 'lcm': {
      if (!values.every(isInteger)) return undefined
      const sizes = values.map(({ numerator }) => BigInt(numerator)).map((size) => (size < 0n ? -size : size))
      return rational(
        sizes.reduce((total, size) => {
          table.budget.spend(100)
          if (name === 'gcd') return bigGcd(total, size)
          return total === 0n || size === 0n ? 0n : (total / bigGcd(total, size)) * size
        }),
      )
    }
    default:
      if (!isZero(first)) return undefined
      return ZERO_AT_ZERO.has(name) ? ZERO : ONE_AT_ZERO.has(name) ? ONE : undefined
  }
}

/** cos² of the multiples of π/12 that have rational squares: 0, π/6, π/4, π/3, π/2 in steps of π/12. */
const SQUARED_COSINES: ReadonlyMap<number, Rational> = new Map([
  [0, ONE],
  [2, rational(3, 4)],
  [3, rational(1, 2)],
  [4, rational(1, 4)],
  [6, ZERO],
])

/** cos(k·π/12) as a signed root, or undefined for the multiples whose squares are irrational. */
function cosineOfTwelfths(twelfths: number): Expression | undefined {
  const turn = ((twelfths % 24) + 24) % 24
  const folded = turn > 12 ? 24 - turn : turn
  const square = SQUARED_COSINES.get(folded > 6 ? 12 - folded : folded)
  if (square === undefined) return undefined
  const root = powerOf(numberNode(square), numberNode(rational(1, 2)))
  return folded > 6 ? negationOf(root) : root
}

/** sin, cos and tan of the angles whose values are plain square roots, exactly. */
function exactTrigonometry(
  name: string,
  angle: Fraction,
  table: AtomTable,
  toFraction: ToFraction,
): Fraction | undefined {
  if (name !== 'sin' && name !== 'cos' && name !== 'tan') return undefined
  const term = angle.numerator.terms.size === 1 ? [...angle.numerator.terms][0]! : undefined
  const pi = table.find('\\pi')
  if (term === undefined || pi === undefined || term[0] !== monomialOf(pi)) return undefined
  if (constantOf(angle.denominator) === undefined) return undefined
  const twelfths = toSafeInteger(multiply(term[1], rational(12)))
  if (twelfths === undefined) return undefined
  const cosine = name === 'sin' ? undefined : cosineOfTwelfths(twelfths)
  const sine = name === 'cos' ? undefined : cosineOfTwelfths(twelfths - 6)
  if (name !== 'tan') {
    const value = cosine ?? sine
    return value === undefined ? undefined : toFraction(value, table)
  }
  if (cosine === undefined || sine === undefined) return undefined
  return multiplyFractions(toFraction(sine, table), invertFraction(toFraction(cosine, table)), table)
}

/** ln of a positive rational number: the sum of the logarithms of its primes. */
function logarithmOf(value: Rational, table: AtomTable): Fraction {
  let total = ZERO_FRACTION
  for (const { base, exponent } of primePowers(value, table.budget)) {
    const atom = table.atom(`${LOGARITHM}${base}`, callOf('ln', numberNode(rational(base))), 'logarithm')
    total = addFractions(total, multiplyFractions(atom, constantFraction(rational(exponent)), table), table)
  }
  return total
}

function logarithm(argument: Expression, table: AtomTable, toFraction: ToFraction): Fraction {
  if (argument.kind === 'constant' && argument.name === 'e') return ONE_FRACTION
  const inner = toFraction(argument, table)
  const value = constantOfFraction(inner)
  if (value === undefined) return table.atom(`ln(${fractionKey(inner)})`, callOf('ln', argument), 'opaque')
  if (isZero(value)) throw noValue
  if (sign(value) > 0) return logarithmOf(value, table)
  return table.atom(`ln(${fractionKey(inner)})`, callOf('ln', argument), 'opaque')
}

/** n (n − 1) … (n − k + 1) / k! */
function expandedBinomial(total: Fraction, lower: number, table: AtomTable): Fraction {
  let result = ONE_FRACTION
  for (let k = 0; k < lower; k++) {
    const factor = addFractions(total, constantFraction(rational(-k)), table)
    result = multiplyFractions(result, factor, table)
    result = multiplyFractions(result, constantFraction(rational(1, k + 1)), table)
  }
  return result
}

/** A function application as a fraction over the atoms of `table`. */
export function canonicalCall(node: CallNode, table: AtomTable, toFraction: ToFraction): Fraction {
  const { name } = node
  if (name === 'ln') return logarithm(node.arguments[0]!, table, toFraction)
  if (name === 'log') {
    const [argument, base] = node.arguments as [Expression, Expression]
    const divisor = logarithm(base, table, toFraction)
    return multiplyFractions(logarithm(argument, table, toFraction), invertFraction(divisor), table)
  }
  const parts = node.arguments.map((argument) => toFraction(argument, table))
  const values = parts.map(constantOfFraction)
  if (values.every((value) => value !== undefined)) {
    const value = exactValue(name, values, table)
    if (value !== undefined) return constantFraction(value)
  }
  const angle = exactTrigonometry(name, parts[0]!, table, toFraction)
  if (angle !== undefined) return angle
  if (name === 'binomial' && values[1] !== undefined) {
    const lower = toSafeInteger(values[1])
    if (lower !== undefined && lower >= 0 && lower <= BINOMIAL_EXPANSION_LIMIT) {
      return expandedBinomial(parts[0]!, lower, table)
    }
  }
  if (name === 'abs' && values[0] === undefined) return absolute(node, parts[0]!, table)
  return table.atom(`${name}(${parts.map(fractionKey).join(', ')})`, node, 'opaque')
}

/** |c·a| = |c|·|a| for a rational c, so that |x − 1| and |1 − x| are one atom. */
function absolute(node: CallNode, inner: Fraction, table: AtomTable): Fraction {
  const leading = [...inner.numerator.terms].reduce((best, term) => (term[0] > best[0] ? term : best))[1]
  if (isOne(leading)) return table.atom(`abs(${fractionKey(inner)})`, node, 'opaque')
  const factor = sign(leading) < 0 ? negate(leading) : leading
  const unit = multiplyFractions(inner, constantFraction(reciprocal(leading)), table)
  const scaled = callOf('abs', {
    kind: 'product',
    factors: [numberNode(reciprocal(leading)), node.arguments[0]!],
  })
  const atom = table.atom(`abs(${fractionKey(unit)})`, scaled, 'opaque')
  return multiplyFractions(atom, constantFraction(factor), table)
}
