/**
 * Exact rational numbers: two doubles while both fit in 53 bits, BigInts beyond. Results above 20,000 digits throw
 * `limitExceeded`. Large fractions stay unreduced, so equality always multiplies crosswise.
 */
import { limitExceeded } from './budget.ts'

interface SmallRational {
  readonly small: true
  readonly numerator: number
  readonly denominator: number
}

interface BigRational {
  readonly small: false
  readonly numerator: bigint
  readonly denominator: bigint
}

/** A rational number with a positive denominator; `small` tells which arithmetic holds it. */
export type Rational = SmallRational | BigRational

/** Decimal digits that any exact integer may have. */
const DIGIT_LIMIT = 20_000
const BIT_LIMIT = Math.ceil(DIGIT_LIMIT * Math.log2(10))
const SIZE_LIMIT = 1n << BigInt(BIT_LIMIT)
/** Above this size a Euclidean reduction costs more than it saves. */
const REDUCTION_LIMIT = 1n << 2048n
const SAFE = Number.MAX_SAFE_INTEGER
const SAFE_BIG = BigInt(SAFE)

export const ZERO: Rational = { small: true, numerator: 0, denominator: 1 }
export const ONE: Rational = { small: true, numerator: 1, denominator: 1 }
export const MINUS_ONE: Rational = { small: true, numerator: -1, denominator: 1 }

function smallGcd(a: number, b: number): number {
  while (b !== 0) {
    const rest = a % b
    a = b
    b = rest
  }
  return a
}

/** Greatest common divisor of two non-negative BigInts. */
export function bigGcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) {
    if (a <= SAFE_BIG && b <= SAFE_BIG) return BigInt(smallGcd(Number(a), Number(b)))
    const rest = a % b
    a = b
    b = rest
  }
  return a
}

function small(numerator: number, denominator: number): Rational {
  if (denominator < 0) {
    numerator = -numerator
    denominator = -denominator
  }
  if (numerator === 0) return ZERO
  const divisor = denominator === 1 ? 1 : smallGcd(Math.abs(numerator), denominator)
  return divisor === 1
    ? { small: true, numerator, denominator }
    : { small: true, numerator: numerator / divisor, denominator: denominator / divisor }
}

function big(numerator: bigint, denominator: bigint): Rational {
  if (denominator < 0n) {
    numerator = -numerator
    denominator = -denominator
  }
  if (numerator === 0n) return ZERO
  const size = numerator < 0n ? -numerator : numerator
  if (size > SIZE_LIMIT || denominator > SIZE_LIMIT) throw limitExceeded
  if (denominator !== 1n && size <= REDUCTION_LIMIT && denominator <= REDUCTION_LIMIT) {
    const divisor = bigGcd(size, denominator)
    if (divisor !== 1n) {
      numerator /= divisor
      denominator /= divisor
    }
  }
  if (denominator <= SAFE_BIG && numerator <= SAFE_BIG && numerator >= -SAFE_BIG) {
    return small(Number(numerator), Number(denominator))
  }
  return { small: false, numerator, denominator }
}

/** A fraction of two integers; the denominator is not 0. Numbers must be safe integers. */
export function rational(numerator: number | bigint, denominator: number | bigint = 1): Rational {
  return typeof numerator === 'number' && typeof denominator === 'number'
    ? small(numerator, denominator)
    : big(BigInt(numerator), BigInt(denominator))
}

const numeratorOf = (a: Rational): bigint => BigInt(a.numerator)
const denominatorOf = (a: Rational): bigint => BigInt(a.denominator)

/** The integer that a run of digits writes. Throws `limitExceeded` above 20,000 digits. */
export function rationalFromDigits(digits: string): Rational {
  if (digits.length <= 15) return { small: true, numerator: Number(digits) + 0, denominator: 1 }
  if (digits.length > DIGIT_LIMIT) throw limitExceeded
  return big(BigInt(digits), 1n)
}

export function add(a: Rational, b: Rational): Rational {
  if (a.small && b.small) {
    const left = a.numerator * b.denominator
    const right = b.numerator * a.denominator
    const denominator = a.denominator * b.denominator
    if (Math.abs(left) + Math.abs(right) <= SAFE && denominator <= SAFE)
      return small(left + right, denominator)
  }
  return big(
    numeratorOf(a) * denominatorOf(b) + numeratorOf(b) * denominatorOf(a),
    denominatorOf(a) * denominatorOf(b),
  )
}

export function negate(a: Rational): Rational {
  if (a.small) return a.numerator === 0 ? ZERO : { ...a, numerator: -a.numerator }
  return { ...a, numerator: -a.numerator }
}

export function subtract(a: Rational, b: Rational): Rational {
  return add(a, negate(b))
}

export function multiply(a: Rational, b: Rational): Rational {
  if (a.small && b.small) {
    const numerator = a.numerator * b.numerator
    const denominator = a.denominator * b.denominator
    if (Math.abs(numerator) <= SAFE && denominator <= SAFE) return small(numerator, denominator)
  }
  return big(numeratorOf(a) * numeratorOf(b), denominatorOf(a) * denominatorOf(b))
}

/** 1/a; a is not 0. */
export function reciprocal(a: Rational): Rational {
  return a.small ? small(a.denominator, a.numerator) : big(a.denominator, a.numerator)
}

/** a/b; b is not 0. */
export function divide(a: Rational, b: Rational): Rational {
  return multiply(a, reciprocal(b))
}

function bitLength(a: number | bigint): number {
  if (typeof a === 'number') return Math.log2(Math.max(1, Math.abs(a)))
  return a.toString(16).length * 4
}

/** aᵏ for an integer k (a ≠ 0 when k < 0). Throws `limitExceeded` when the result has more than 20,000 digits. */
export function power(a: Rational, exponent: number): Rational {
  if (exponent < 0) return power(reciprocal(a), -exponent)
  if (exponent === 0) return ONE
  if (exponent === 1) return a
  const bits = Math.max(bitLength(a.numerator), bitLength(a.denominator)) * exponent
  if (bits > BIT_LIMIT) throw limitExceeded
  if (a.small && bits < 52) return small(a.numerator ** exponent, a.denominator ** exponent)
  return big(numeratorOf(a) ** BigInt(exponent), denominatorOf(a) ** BigInt(exponent))
}

export function equals(a: Rational, b: Rational): boolean {
  if (a.small && b.small) return a.numerator === b.numerator && a.denominator === b.denominator
  return numeratorOf(a) * denominatorOf(b) === numeratorOf(b) * denominatorOf(a)
}

/** −1, 0 or 1. */
export function sign(a: Rational): number {
  if (a.small) return Math.sign(a.numerator)
  return a.numerator === 0n ? 0 : a.numerator < 0n ? -1 : 1
}

export function compare(a: Rational, b: Rational): number {
  return sign(subtract(a, b))
}

export function isZero(a: Rational): boolean {
  return a.small && a.numerator === 0
}

export function isOne(a: Rational): boolean {
  return a.small && a.numerator === 1 && a.denominator === 1
}

export function isInteger(a: Rational): boolean {
  return a.small ? a.denominator === 1 : a.denominator === 1n || a.numerator % a.denominator === 0n
}

/** The value as a safe integer, or undefined where it is none. */
export function toSafeInteger(a: Rational): number | undefined {
  return a.small && a.denominator === 1 ? a.numerator : undefined
}

/** The nearest double (relative error ≤ 2⁻⁵²); ±Infinity or 0 beyond its range. */
export function toDouble(a: Rational): number {
  if (a.small) return a.numerator / a.denominator
  const size = a.numerator < 0n ? -a.numerator : a.numerator
  // 64 significant bits of each, so that neither conversion overflows
  const numeratorShift = Math.max(0, bitLength(size) - 64)
  const denominatorShift = Math.max(0, bitLength(a.denominator) - 64)
  const quotient = Number(size >> BigInt(numeratorShift)) / Number(a.denominator >> BigInt(denominatorShift))
  const shift = numeratorShift - denominatorShift
  // in two halves: 2^shift alone may leave the range although the product is inside
  const value = quotient * 2 ** Math.trunc(shift / 2) * 2 ** (shift - Math.trunc(shift / 2))
  return a.numerator < 0n ? -value : value
}

/** ln |a| for a ≠ 0, also beyond the range of doubles. */
export function logMagnitude(a: Rational): number {
  if (a.small) return Math.log(Math.abs(a.numerator)) - Math.log(a.denominator)
  const log = (value: bigint): number => {
    const size = value < 0n ? -value : value
    const shift = Math.max(0, bitLength(size) - 64)
    return Math.log(Number(size >> BigInt(shift))) + shift * Math.LN2
  }
  return log(a.numerator) - log(a.denominator)
}

/** a · 10^decimals rounded to an integer, halves away from zero. */
export function rounded(a: Rational, decimals: number): bigint {
  const numerator = numeratorOf(a)
  const denominator = denominatorOf(a)
  const size = (numerator < 0n ? -numerator : numerator) * 10n ** BigInt(decimals)
  const result = (2n * size + denominator) / (2n * denominator)
  return numerator < 0n ? -result : result
}

/** The largest integer ≤ a. */
export function floor(a: Rational): Rational {
  if (a.small) {
    // by remainder: the double quotient of a large numerator may round up to the next integer
    const rest = a.numerator % a.denominator
    return small((a.numerator - (rest < 0 ? rest + a.denominator : rest)) / a.denominator, 1)
  }
  const quotient = a.numerator / a.denominator
  return big(a.numerator < 0n && quotient * a.denominator !== a.numerator ? quotient - 1n : quotient, 1n)
}

/** One text for one value (for reduced fractions). */
export function toText(a: Rational): string {
  return a.denominator === 1 || a.denominator === 1n ? `${a.numerator}` : `${a.numerator}/${a.denominator}`
}
