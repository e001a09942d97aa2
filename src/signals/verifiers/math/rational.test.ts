import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limitExceeded } from './budget.ts'
import {
  add,
  bigGcd,
  compare,
  divide,
  equals,
  floor,
  isInteger,
  logMagnitude,
  multiply,
  power,
  type Rational,
  rational,
  rationalFromDigits,
  rounded,
  subtract,
  toDouble,
  toText,
} from './rational.ts'

const integers = fc.oneof(
  fc.integer(),
  fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map((n) => n),
)
const rationals = fc
  .tuple(integers, integers)
  .filter(([, denominator]) => denominator !== 0 && denominator !== 0n)
  .map(([numerator, denominator]) => rational(BigInt(numerator), BigInt(denominator)))

const cross = (a: Rational): [bigint, bigint] => [BigInt(a.numerator), BigInt(a.denominator)]

describe('rational numbers', () => {
  it('reduce and keep the sign above', () => {
    expect(toText(rational(6, -4))).toBe('-3/2')
    expect(toText(rational(-0, 5))).toBe('0')
    expect(toText(rational(10n ** 30n, 10n ** 29n))).toBe('10')
  })

  it('go from doubles to BigInts and back without losing a unit', () => {
    const edge = rational(Number.MAX_SAFE_INTEGER)
    const beyond = add(edge, rational(2))
    expect(toText(beyond)).toBe('9007199254740993')
    expect(equals(subtract(beyond, rational(2)), edge)).toBe(true)
    expect(equals(rationalFromDigits('9007199254740993'), rationalFromDigits('9007199254740992'))).toBe(false)
  })

  it('add, multiply and divide like fractions of BigInts', () => {
    fc.assert(
      fc.property(rationals, rationals, (a, b) => {
        const [p, q] = cross(a)
        const [r, s] = cross(b)
        expect(equals(add(a, b), rational(p * s + r * q, q * s))).toBe(true)
        expect(equals(multiply(a, b), rational(p * r, q * s))).toBe(true)
        if (r !== 0n) expect(equals(divide(a, b), rational(p * s, q * r))).toBe(true)
        expect(compare(a, b)).toBe(Number(p * s - r * q > 0n) - Number(p * s - r * q < 0n))
      }),
    )
  })

  it('floor towards minus infinity', () => {
    expect(toText(floor(rational(-7, 2)))).toBe('-4')
    expect(toText(floor(rational(-(10n ** 20n) * 7n, 2n * 10n ** 20n + 1n)))).toBe('-4')
    fc.assert(
      fc.property(rationals, (a) => {
        const below = floor(a)
        expect(isInteger(below)).toBe(true)
        expect(compare(below, a)).toBeLessThanOrEqual(0)
        expect(compare(add(below, rational(1)), a)).toBe(1)
      }),
    )
  })

  it('round halves away from zero', () => {
    expect(rounded(rational(6, 13), 6)).toBe(461538n)
    expect(rounded(rational(1, 2), 0)).toBe(1n)
    expect(rounded(rational(-1, 2), 0)).toBe(-1n)
  })

  it('become the nearest double, also when both parts are beyond its range', () => {
    expect(toDouble(rational(10n ** 400n, 10n ** 399n))).toBe(10)
    expect(toDouble(rational(10n ** 400n + 1n, 3n * 10n ** 400n))).toBeCloseTo(1 / 3, 15)
    expect(toDouble(rational(10n ** 400n))).toBe(Number.POSITIVE_INFINITY)
    expect(logMagnitude(rational(10n ** 400n))).toBeCloseTo(400 * Math.LN10, 8)
  })

  it('stop at 20,000 digits', () => {
    expect(() => power(rational(10), 20_001)).toThrow(limitExceeded)
    expect(() => rationalFromDigits('7'.repeat(20_001))).toThrow(limitExceeded)
    expect(toText(power(rational(10), 19_999))).toHaveLength(20_000)
  })

  it('have the greatest common divisor of Euclid', () => {
    expect(bigGcd(2n ** 80n * 15n, 2n ** 70n * 21n)).toBe(2n ** 70n * 3n)
    expect(bigGcd(0n, 5n)).toBe(5n)
  })
})
