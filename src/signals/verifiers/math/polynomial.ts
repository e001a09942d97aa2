/**
 * Polynomials with rational coefficients in up to seven atoms. A monomial is one number: seven exponents of seven bits,
 * so that multiplying monomials is adding numbers.
 */
import { type Budget, limitExceeded } from './budget.ts'
import {
  add,
  equals,
  isZero,
  multiply as multiplyRationals,
  ONE,
  power as powerOfRational,
  type Rational,
  toText,
  ZERO,
} from './rational.ts'

export const ATOM_LIMIT = 7
const TERM_LIMIT = 2000
/** Exponents of one atom; a product of two polynomials of degree 63 still fits its seven bits. */
export const DEGREE_LIMIT = 64
const RADIX = 128

/** `terms` maps monomials to coefficients, none of them 0; `degree` bounds every exponent. */
export interface Polynomial {
  readonly terms: ReadonlyMap<number, Rational>
  readonly degree: number
}

/** atom^exponent = value: what a root or the imaginary unit satisfies. */
export interface Relation {
  readonly exponent: number
  readonly value: Rational
}

/** The relations of the atoms, by their index; undefined for free atoms. */
export type Relations = readonly (Relation | undefined)[]

const ZERO_POLYNOMIAL: Polynomial = { terms: new Map(), degree: 0 }
export const ONE_POLYNOMIAL: Polynomial = { terms: new Map([[0, ONE]]), degree: 0 }

/** The monomial of one atom to the first power. */
export function monomialOf(atom: number): number {
  return RADIX ** atom
}

/** The exponent of an atom in a monomial. */
export function exponentIn(monomial: number, atom: number): number {
  return Math.floor(monomial / RADIX ** atom) % RADIX
}

export function constantPolynomial(value: Rational): Polynomial {
  return isZero(value) ? ZERO_POLYNOMIAL : { terms: new Map([[0, value]]), degree: 0 }
}

export function atomPolynomial(atom: number): Polynomial {
  return { terms: new Map([[monomialOf(atom), ONE]]), degree: 1 }
}

/** The value of a polynomial without atoms, or undefined. */
export function constantOf(polynomial: Polynomial): Rational | undefined {
  if (polynomial.terms.size === 0) return ZERO
  return polynomial.terms.size === 1 ? polynomial.terms.get(0) : undefined
}

export function isZeroPolynomial(polynomial: Polynomial): boolean {
  return polynomial.terms.size === 0
}

/** a + factor · b */
export function addScaled(a: Polynomial, b: Polynomial, factor: Rational, budget: Budget): Polynomial {
  if (isZero(factor) || b.terms.size === 0) return a
  budget.spend(b.terms.size)
  const terms = new Map(a.terms)
  for (const [monomial, coefficient] of b.terms) {
    const scaled = multiplyRationals(coefficient, factor)
    const present = terms.get(monomial)
    const total = present === undefined ? scaled : add(present, scaled)
    if (isZero(total)) terms.delete(monomial)
    else terms.set(monomial, total)
  }
  if (terms.size > TERM_LIMIT) throw limitExceeded
  return { terms, degree: Math.max(a.degree, b.degree) }
}

export function scale(a: Polynomial, factor: Rational): Polynomial {
  if (isZero(factor)) return ZERO_POLYNOMIAL
  const terms = new Map<number, Rational>()
  for (const [monomial, coefficient] of a.terms) terms.set(monomial, multiplyRationals(coefficient, factor))
  return { terms, degree: a.degree }
}

/** a · b, with every atom's relation applied. Throws `limitExceeded` beyond 2,000 terms or degree 127. */
export function multiply(a: Polynomial, b: Polynomial, relations: Relations, budget: Budget): Polynomial {
  const constantOfA = constantOf(a)
  if (constantOfA !== undefined) return scale(b, constantOfA)
  const constantOfB = constantOf(b)
  if (constantOfB !== undefined) return scale(a, constantOfB)
  const degree = a.degree + b.degree
  if (degree >= RADIX) throw limitExceeded
  const terms = new Map<number, Rational>()
  const isReducible = relations.some((relation) => relation !== undefined)
  for (const [monomialOfA, coefficientOfA] of a.terms) {
    budget.spend(b.terms.size)
    for (const [monomialOfB, coefficientOfB] of b.terms) {
      let monomial = monomialOfA + monomialOfB
      let coefficient = multiplyRationals(coefficientOfA, coefficientOfB)
      if (isReducible) {
        for (let atom = 0; atom < relations.length; atom++) {
          const relation = relations[atom]
          if (relation === undefined) continue
          const turns = Math.floor(exponentIn(monomial, atom) / relation.exponent)
          if (turns === 0) continue
          monomial -= turns * relation.exponent * RADIX ** atom
          coefficient = multiplyRationals(coefficient, powerOfRational(relation.value, turns))
        }
      }
      const present = terms.get(monomial)
      const total = present === undefined ? coefficient : add(present, coefficient)
      if (isZero(total)) terms.delete(monomial)
      else terms.set(monomial, total)
    }
    if (terms.size > TERM_LIMIT) throw limitExceeded
  }
  return { terms, degree }
}

/** aⁿ for n ≥ 0. */
export function powerOfPolynomial(
  a: Polynomial,
  exponent: number,
  relations: Relations,
  budget: Budget,
): Polynomial {
  if (a.degree * exponent >= RADIX) throw limitExceeded
  let result = ONE_POLYNOMIAL
  let square = a
  for (let rest = exponent; rest > 0; rest >>= 1) {
    if (rest & 1) result = multiply(result, square, relations, budget)
    if (rest > 1) square = multiply(square, square, relations, budget)
  }
  return result
}

/** The highest monomial and its coefficient; the polynomial is not 0. */
export function leadingTerm(a: Polynomial): { readonly monomial: number; readonly coefficient: Rational } {
  let highest = -1
  for (const monomial of a.terms.keys()) if (monomial > highest) highest = monomial
  return { monomial: highest, coefficient: a.terms.get(highest)! }
}

export function equalPolynomials(a: Polynomial, b: Polynomial): boolean {
  if (a.terms.size !== b.terms.size) return false
  for (const [monomial, coefficient] of a.terms) {
    const other = b.terms.get(monomial)
    if (other === undefined || !equals(coefficient, other)) return false
  }
  return true
}

/** One text for one polynomial over a given list of atoms. */
export function polynomialKey(a: Polynomial): string {
  const monomials = [...a.terms.keys()].sort((x, y) => x - y)
  return monomials.map((monomial) => `${monomial}:${toText(a.terms.get(monomial)!)}`).join(' ')
}
