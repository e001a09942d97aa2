import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Budget } from './budget.ts'
import { primePowers } from './factorise.ts'
import { equals, multiply, ONE, power, rational } from './rational.ts'

const factors = (numerator: bigint, denominator = 1n): string =>
  primePowers(rational(numerator, denominator), new Budget(10_000))
    .map(({ base, exponent, certain }) => `${base}^${exponent}${certain ? '' : '?'}`)
    .join(' ')

describe('primePowers', () => {
  it('divides by primes', () => {
    expect(factors(1n)).toBe('')
    expect(factors(360n)).toBe('2^3 3^2 5^1')
    expect(factors(45n, 8n)).toBe('3^2 5^1 2^-3')
    expect(factors(9007199254740993n)).toBe('3^1 107^1 28059810762433^1?')
    expect(factors(19_997n * 19_997n)).toBe('19997^2')
    expect(factors(2n ** 200n * 10_007n)).toBe('2^200 10007^1')
  })

  it('multiplies back to the number', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 25n }), fc.bigInt({ min: 1n, max: 10n ** 9n }), (n, d) => {
        const value = rational(n, d)
        const product = primePowers(value, new Budget(10_000)).reduce(
          (total, { base, exponent }) => multiply(total, power(rational(base), exponent)),
          ONE,
        )
        expect(equals(product, value)).toBe(true)
      }),
    )
  })
})
