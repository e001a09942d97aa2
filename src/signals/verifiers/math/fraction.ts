/** Fractions of polynomials over a table of atoms that both sides of a comparison share. */
import { type Budget, limitExceeded } from './budget.ts'
import type { Expression } from './expression.ts'
import {
  ATOM_LIMIT,
  addScaled,
  atomPolynomial,
  constantOf,
  constantPolynomial,
  exponentIn,
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
import { bigGcd, isOne, MINUS_ONE, ONE, type Rational, reciprocal, ZERO } from './rational.ts'

/** Beginnings of the names of atoms: the root of a prime, the logarithm of a whole number. */
export const ROOT = 'root '
export const LOGARITHM = 'ln '

/** Thrown for an expression without a value: a division by zero. */
export const noValue: Error = new Error('the expression has no value')

/** numerator / denominator; the denominator is not the zero polynomial. */
export interface Fraction {
  readonly numerator: Polynomial
  readonly denominator: Polynomial
}

/**
 * What is known of an atom. `independent`: a polynomial in such atoms is zero only if it is the zero polynomial, once
 * the atoms' relations are applied. `logarithm`: of a whole number above 1; the same holds for linear polynomials in
 * logarithms of coprime numbers, also with algebraic coefficients (Baker's theorem). `opaque`: nothing.
 */
export type Knowledge = 'independent' | 'logarithm' | 'opaque'

/** One atom, its name in this table, and the expression to evaluate. */
export interface Atom {
  readonly key: string
  readonly node: Expression
  readonly knowledge: Knowledge
}

export class AtomTable {
  readonly atoms: Atom[] = []
  readonly relations: (Relation | undefined)[] = []
  readonly budget: Budget
  readonly #indices = new Map<string, number>()

  constructor(budget: Budget) {
    this.budget = budget
  }

  /** The index of an atom that is already here. */
  find(key: string): number | undefined {
    return this.#indices.get(key)
  }

  /** The index of the atom with this key, made on first use. Throws `limitExceeded` beyond seven atoms. */
  indexOf(key: string, node: Expression, knowledge: Knowledge, relation?: Relation): number {
    const present = this.#indices.get(key)
    if (present !== undefined) return present
    const index = this.atoms.length
    if (index >= ATOM_LIMIT) throw limitExceeded
    this.atoms.push({ key, node, knowledge })
    this.relations.push(relation)
    this.#indices.set(key, index)
    return index
  }

  /**
   * Whether a polynomial in these atoms vanishes only as the zero polynomial. Nobody knows that for π and e together;
   * two different roots of one prime are not independent.
   */
  decides(polynomial: Polynomial): boolean {
    const primes = new Set<string>()
    const logarithms: bigint[] = []
    for (const { key, knowledge } of this.atoms) {
      if (knowledge === 'opaque') return false
      if (knowledge === 'logarithm') logarithms.push(BigInt(key.slice(LOGARITHM.length)))
      const prime = key.startsWith(ROOT) ? key.slice(0, key.indexOf('^')) : ''
      if (prime !== '' && primes.has(prime)) return false
      primes.add(prime)
    }
    const hasPi = this.#indices.has('\\pi')
    const hasEuler = this.#indices.has('\\e')
    if (logarithms.length === 0) return !(hasPi && hasEuler)
    const isCoprime = logarithms.every((a, at) => logarithms.slice(0, at).every((b) => bigGcd(a, b) === 1n))
    return !hasPi && !hasEuler && isCoprime && this.#isLinearInLogarithms(polynomial)
  }

  #isLinearInLogarithms({ terms }: Polynomial): boolean {
    for (const monomial of terms.keys()) {
      let degree = 0
      this.atoms.forEach(({ knowledge }, atom) => {
        if (knowledge === 'logarithm') degree += exponentIn(monomial, atom)
      })
      if (degree > 1) return false
    }
    return true
  }

  /** The atom as a fraction. */
  atom(key: string, node: Expression, knowledge: Knowledge, relation?: Relation): Fraction {
    return {
      numerator: atomPolynomial(this.indexOf(key, node, knowledge, relation)),
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
  // a constant denominator is 1
  return constantOf(denominator) !== undefined
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
