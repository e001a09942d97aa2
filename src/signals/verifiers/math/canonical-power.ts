/** Powers in canonical form: integer powers, roots of rational numbers, and exponentials split along their exponent. */
import { limitExceeded } from './budget.ts'
import {
  type ConstantNode,
  type Expression,
  numberNode,
  type PowerNode,
  powerOf,
  productOf,
} from './expression.ts'
import { primePowers } from './factorise.ts'
import {
  type AtomTable,
  constantFraction,
  constantOfFraction,
  type Fraction,
  fractionKey,
  multiplyFractions,
  noValue,
  ONE_FRACTION,
  powerOfFraction,
  ROOT,
  ZERO_FRACTION,
} from './fraction.ts'
import { constantOf, DEGREE_LIMIT, exponentIn, monomialOf } from './polynomial.ts'
import {
  isZero,
  MINUS_ONE,
  multiply,
  negate,
  power as powerOfRational,
  type Rational,
  rational,
  sign,
  toSafeInteger,
} from './rational.ts'

type ToFraction = (node: Expression, table: AtomTable) => Fraction

const I: ConstantNode = { kind: 'constant', name: 'i' }

/** base^exponent as a fraction over the atoms of `table`. */
export function canonicalPower(node: PowerNode, table: AtomTable, toFraction: ToFraction): Fraction {
  const { base, exponent } = node
  const size = exponent.kind === 'number' ? exponent.value : constantOfFraction(toFraction(exponent, table))
  if (size === undefined) return exponential(base, exponent, table, toFraction)
  const inner = toFraction(base, table)
  const rationalBase = constantOfFraction(inner)
  const whole = toSafeInteger(size)
  if (whole !== undefined) {
    if (rationalBase !== undefined) {
      if (isZero(rationalBase) && whole <= 0) throw noValue
      return isZero(rationalBase) ? ZERO_FRACTION : constantFraction(powerOfRational(rationalBase, whole))
    }
    if (Math.abs(whole) <= DEGREE_LIMIT) return powerOfFraction(inner, whole, table)
    return table.atom(`(${fractionKey(inner)})^${whole}`, powerOf(base, exponent), 'opaque')
  }
  if (!size.small || size.denominator > DEGREE_LIMIT) throw limitExceeded
  if (rationalBase !== undefined) return rootOfRational(rationalBase, size, table)
  if (Math.abs(size.numerator) > DEGREE_LIMIT) throw limitExceeded
  const root = table.atom(
    `(${fractionKey(inner)})^(1/${size.denominator})`,
    powerOf(base, numberNode(rational(1, size.denominator))),
    'opaque',
  )
  return powerOfFraction(root, size.numerator, table)
}

/** value^(p/q) by its prime factors: whole powers fold, what is left are roots of primes. */
function rootOfRational(value: Rational, exponent: Rational, table: AtomTable): Fraction {
  if (!exponent.small) throw limitExceeded
  const { numerator, denominator } = exponent
  if (isZero(value)) {
    if (numerator < 0) throw noValue
    return ZERO_FRACTION
  }
  let result = ONE_FRACTION
  if (sign(value) < 0) {
    if (denominator === 2) {
      const i = table.atom('\\i', I, 'independent', { exponent: 2, value: MINUS_ONE })
      result = powerOfFraction(i, ((numerator % 4) + 4) % 4, table)
    } else if (denominator % 2 === 1) {
      if (numerator % 2 !== 0) result = constantFraction(MINUS_ONE)
    } else throw limitExceeded
    value = negate(value)
  }
  for (const { base, exponent: multiplicity, certain } of primePowers(value, table.budget)) {
    const total = rational(numerator * multiplicity, denominator)
    if (!total.small) throw limitExceeded
    const whole = Math.floor(total.numerator / total.denominator)
    const rest = total.numerator - whole * total.denominator
    result = multiplyFractions(result, constantFraction(powerOfRational(rational(base), whole)), table)
    if (rest === 0) continue
    if (total.denominator > DEGREE_LIMIT) throw limitExceeded
    const root = table.atom(
      `${ROOT}${base}^${total.denominator}`,
      powerOf(numberNode(rational(base)), numberNode(rational(1, total.denominator))),
      certain ? 'independent' : 'opaque',
      { exponent: total.denominator, value: rational(base) },
    )
    result = multiplyFractions(result, powerOfFraction(root, rest, table), table)
  }
  return result
}

/** a^(u + v) = aᵘ·aᵛ and a^(n·u) = (aᵘ)ⁿ for whole n, which hold on the principal branch for every base. */
function exponential(
  base: Expression,
  exponent: Expression,
  table: AtomTable,
  toFraction: ToFraction,
): Fraction {
  const { numerator, denominator } = toFraction(exponent, table)
  const inner = toFraction(base, table)
  const rationalBase = constantOfFraction(inner)
  if (constantOf(denominator) === undefined) {
    return table.atom(
      `(${fractionKey(inner)})^(${fractionKey({ numerator, denominator })})`,
      powerOf(base, exponent),
      'opaque',
    )
  }
  const isPositive = rationalBase !== undefined && sign(rationalBase) > 0
  const bases = isPositive
    ? primePowers(rationalBase, table.budget).map(({ base: prime, exponent: multiplicity }) => ({
        node: numberNode(rational(prime)) as Expression,
        key: String(prime),
        multiplicity,
      }))
    : [{ node: base, key: fractionKey(inner), multiplicity: 1 }]
  let result = ONE_FRACTION
  for (const [monomial, coefficient] of numerator.terms) {
    for (const { node, key, multiplicity } of bases) {
      const factor = multiply(coefficient, rational(multiplicity))
      if (!factor.small || Math.abs(factor.numerator) > DEGREE_LIMIT) throw limitExceeded
      if (monomial === 0) {
        const constant = canonicalPower(
          { kind: 'power', base: node, exponent: numberNode(factor) },
          table,
          toFraction,
        )
        result = multiplyFractions(result, constant, table)
        continue
      }
      const antilogarithm =
        base.kind === 'constant' && base.name === 'e'
          ? antilogarithmOf(monomial, factor, table, toFraction)
          : undefined
      if (antilogarithm !== undefined) {
        result = multiplyFractions(result, antilogarithm, table)
        continue
      }
      const part = productOf([numberNode(rational(1, factor.denominator)), monomialNode(monomial, table)])
      const atom = table.atom(`(${key})^(${monomial}/${factor.denominator})`, powerOf(node, part), 'opaque')
      result = multiplyFractions(result, powerOfFraction(atom, factor.numerator, table), table)
    }
  }
  return result
}

/** e^(c · ln a) = aᶜ, for one logarithm a whole number of times, or of a number. */
function antilogarithmOf(
  monomial: number,
  factor: Rational,
  table: AtomTable,
  toFraction: ToFraction,
): Fraction | undefined {
  const atom = table.atoms.findIndex((_, index) => monomialOf(index) === monomial)
  const node = table.atoms[atom]?.node
  if (node?.kind !== 'call' || node.name !== 'ln') return undefined
  const argument = node.arguments[0]!
  if (argument.kind !== 'number' && toSafeInteger(factor) === undefined) return undefined
  return canonicalPower({ kind: 'power', base: argument, exponent: numberNode(factor) }, table, toFraction)
}

function monomialNode(monomial: number, table: AtomTable): Expression {
  const factors: Expression[] = []
  table.atoms.forEach(({ node }, atom) => {
    const exponent = exponentIn(monomial, atom)
    if (exponent > 0) factors.push(powerOf(node, numberNode(rational(exponent))))
  })
  return productOf(factors)
}
