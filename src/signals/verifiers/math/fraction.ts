/** Fractions of polynomials over a table of atoms that both sides of a comparison share. */
import { type Budget, limitExceeded } from './budget.ts'
import type { Expression } from './expression.ts'
import {
  ATOM_LIMIT,
  addScaled,
  atomPolynomial,
  constantOf,
  constantPolynomial,
  isZeroPolynomial,
  leadingTerm,
  multiply,
  ONE_POLYNOMIAL,
  type Polynomial,
  polynomialKey,
  powerOfPolynomial,
  type Relation,
  scale,
} from './polynomial.ts'
import { isOne, MINUS_ONE, ONE, type Rational, reciprocal, ZERO } from './rational.ts'

/** Thrown for an expression without a value: a division by zero. */
export const noValue: Error = new Error('the expression has no value')

/** numerator / denominator; the denominator is not the zero polynomial. */
export interface Fraction {
  readonly numerator: Polynomial
  readonly denominator: Polynomial
}

/**
 * One atom. `exact`: algebraically independent of the other exact atoms but for its relation, so that a polynomial in
 * exact atoms is zero only if it is the zero polynomial.
 */
export interface Atom {
  readonly key: string
  readonly node: Expression
  readonly exact: boolean
}

export class AtomTable {
  readonly atoms: Atom[] = []
  readonly relations: (Relation | undefined)[] = []
  readonly budget: Budget
  readonly #indices = new Map<string, number>()

  constructor(budget: Budget) {
    this.budget = budget
  }

  /** The index of the atom with this key, made on first use. Throws `limitExceeded` beyond seven atoms. */
  indexOf(key: string, node: Expression, exact: boolean, relation?: Relation): number {
    const present = this.#indices.get(key)
    if (present !== undefined) return present
    const index = this.atoms.length
    if (index >= ATOM_LIMIT) throw limitExceeded
    this.atoms.push({ key, node, exact })
    this.relations.push(relation)
    this.#indices.set(key, index)
    return index
  }

  /**
   * Whether a polynomial in all these atoms vanishes only as the zero polynomial. Nobody knows that for π and e
   * together; two different roots of one prime are not independent.
   */
  isExact(): boolean {
    const primes = new Set<string>()
    for (const { key, exact } of this.atoms) {
      if (!exact) return false
      const prime = key.startsWith('root ') ? key.slice(0, key.indexOf('^')) : ''
      if (prime !== '' && primes.has(prime)) return false
      primes.add(prime)
    }
    return !(this.#indices.has('\\pi') && this.#indices.has('\\e'))
  }

  /** The atom as a fraction. */
  atom(key: string, node: Expression, exact: boolean, relation?: Relation): Fraction {
    return {
      numerator: atomPolynomial(this.indexOf(key, node, exact, relation)),
      denominator: ONE_POLYNOMIAL,
    }
  }
}

export function constantFraction(value: Rational): Fraction {
  return { numerator: constantPolynomial(value), denominator: ONE_POLYNOMIAL }
}

export const ZERO_FRACTION: Fraction = constantFraction(ZERO)
export const ONE_FRACTION: Fraction = { numerator: ONE_POLYNOMIAL, denominator: ONE_POLYNOMIAL }

/** The rational value of a fraction without atoms, or undefined. */
export function constantOfFraction({ numerator, denominator }: Fraction): Rational | undefined {
  return constantOf(denominator) === undefined ? undefined : constantOf(numerator)
}

/** The fraction with leading denominator coefficient 1, so that equal denominators look equal. */
function tidy(numerator: Polynomial, denominator: Polynomial): Fraction {
  if (isZeroPolynomial(denominator)) throw noValue
  if (isZeroPolynomial(numerator)) return ZERO_FRACTION
  const { coefficient } = leadingTerm(denominator)
  if (isOne(coefficient)) return { numerator, denominator }
  const factor = reciprocal(coefficient)
  return { numerator: scale(numerator, factor), denominator: scale(denominator, factor) }
}

export function addFractions(a: Fraction, b: Fraction, table: AtomTable): Fraction {
  const { relations, budget } = table
  if (a.denominator === b.denominator || polynomialKey(a.denominator) === polynomialKey(b.denominator)) {
    return tidy(addScaled(a.numerator, b.numerator, ONE, budget), a.denominator)
  }
  return tidy(
    addScaled(
      multiply(a.numerator, b.denominator, relations, budget),
      multiply(b.numerator, a.denominator, relations, budget),
      ONE,
      budget,
    ),
    multiply(a.denominator, b.denominator, relations, budget),
  )
}

export function multiplyFractions(a: Fraction, b: Fraction, table: AtomTable): Fraction {
  const { relations, budget } = table
  return tidy(
    multiply(a.numerator, b.numerator, relations, budget),
    multiply(a.denominator, b.denominator, relations, budget),
  )
}

/** 1/a; throws `noValue` for zero. */
export function invertFraction({ numerator, denominator }: Fraction): Fraction {
  return tidy(denominator, numerator)
}

/** The numerator of a − b over their common denominator: zero exactly where a = b. */
export function crossDifference(a: Fraction, b: Fraction, table: AtomTable): Polynomial {
  const { relations, budget } = table
  return addScaled(
    multiply(a.numerator, b.denominator, relations, budget),
    multiply(b.numerator, a.denominator, relations, budget),
    MINUS_ONE,
    budget,
  )
}

/** One text for one fraction over the atoms of a table. */
export function fractionKey({ numerator, denominator }: Fraction): string {
  return denominator === ONE_POLYNOMIAL
    ? polynomialKey(numerator)
    : `${polynomialKey(numerator)} / ${polynomialKey(denominator)}`
}

/** aⁿ for an integer n; throws `noValue` for a negative power of zero. */
export function powerOfFraction(a: Fraction, exponent: number, table: AtomTable): Fraction {
  const { relations, budget } = table
  const { numerator, denominator } = exponent < 0 ? invertFraction(a) : a
  const size = Math.abs(exponent)
  return tidy(
    powerOfPolynomial(numerator, size, relations, budget),
    powerOfPolynomial(denominator, size, relations, budget),
  )
}
