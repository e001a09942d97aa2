import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Budget, limitExceeded, timeExceeded } from './budget.ts'
import {
  addScaled,
  atomPolynomial,
  constantOf,
  constantPolynomial,
  equalPolynomials,
  exponentIn,
  leadingTerm,
  monomialOf,
  multiply,
  ONE_POLYNOMIAL,
  type Polynomial,
  polynomialKey,
  powerOfPolynomial,
} from './polynomial.ts'
import { ONE, rational, toText } from './rational.ts'

const budget = (): Budget => new Budget(10_000)
const x = atomPolynomial(0)
const y = atomPolynomial(1)
const number = (value: number): Polynomial => constantPolynomial(rational(value))
const sum = (a: Polynomial, b: Polynomial): Polynomial => addScaled(a, b, ONE, budget())
const product = (a: Polynomial, b: Polynomial): Polynomial => multiply(a, b, [], budget())

describe('polynomials', () => {
  it('expand (x + y)^4 to the binomial coefficients', () => {
    const expanded = powerOfPolynomial(sum(x, y), 4, [], budget())
    const coefficients = [0, 1, 2, 3, 4].map((k) =>
      toText(expanded.terms.get((4 - k) * monomialOf(0) + k * monomialOf(1))!),
    )
    expect(coefficients).toEqual(['1', '4', '6', '4', '1'])
    expect(exponentIn(3 * monomialOf(0) + 5 * monomialOf(6), 6)).toBe(5)
  })

  it('cancel to nothing', () => {
    const square = product(sum(x, number(1)), sum(x, number(-1)))
    const difference = addScaled(square, product(x, x), rational(-1), budget())
    expect(toText(constantOf(difference)!)).toBe('-1')
    expect(constantOf(addScaled(difference, number(1), ONE, budget()))).toEqual(rational(0))
    expect(constantOf(x)).toBeUndefined()
  })

  it('apply the relation of an atom: √2·√2 = 2 and i·i = −1', () => {
    const relations = [
      { exponent: 2, value: rational(2) },
      { exponent: 2, value: rational(-1) },
    ]
    const cube = powerOfPolynomial(x, 3, relations, budget())
    expect(polynomialKey(cube)).toBe('1:2')
    expect(constantOf(powerOfPolynomial(y, 4, relations, budget()))).toEqual(ONE)
  })

  it('multiply commutatively and distribute over sums', () => {
    const polynomials = fc
      .array(fc.tuple(fc.nat(5), fc.nat(5), fc.integer({ min: -9, max: 9 })), { maxLength: 6 })
      .map((terms) =>
        terms.reduce((total, [i, j, c]) => {
          const power = product(powerOfPolynomial(x, i, [], budget()), powerOfPolynomial(y, j, [], budget()))
          return addScaled(total, power, rational(c), budget())
        }, number(0)),
      )
    fc.assert(
      fc.property(polynomials, polynomials, polynomials, (a, b, c) => {
        expect(equalPolynomials(product(a, b), product(b, a))).toBe(true)
        expect(equalPolynomials(product(a, sum(b, c)), sum(product(a, b), product(a, c)))).toBe(true)
      }),
    )
  })

  it('name their leading term', () => {
    const { monomial, coefficient } = leadingTerm(sum(product(x, number(3)), y))
    expect(monomial).toBe(monomialOf(1))
    expect(toText(coefficient)).toBe('1')
  })

  it('stop at their bounds', () => {
    const many = Array.from({ length: 7 }, (_, atom) => atomPolynomial(atom)).reduce(sum, ONE_POLYNOMIAL)
    expect(() => powerOfPolynomial(many, 12, [], budget())).toThrow(limitExceeded)
    expect(() => powerOfPolynomial(x, 128, [], budget())).toThrow(limitExceeded)
    const spent = new Budget(-1)
    expect(() => {
      for (let k = 0; k < 100; k++)
        multiply(powerOfPolynomial(sum(x, y), 20, [], spent), sum(x, y), [], spent)
    }).toThrow(timeExceeded)
  })
})
