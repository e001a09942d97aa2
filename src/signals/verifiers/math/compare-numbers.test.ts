import { describe, expect, it } from 'vitest'
import { agreeWhenRounded } from './compare-numbers.ts'
import { numberFromText } from './parse-number.ts'

const agree = (a: string, b: string, decimals = 6): boolean =>
  agreeWhenRounded(numberFromText(a).value, numberFromText(b).value, decimals)

describe('agreeWhenRounded', () => {
  it.each([
    ['0.333333', '0.(3)'],
    ['0.1', '0.10000001'],
    ['0.058824', '0.0588235'],
    ['1000000.0000001', '1000000'],
    ['0.0000672', '0.00006720000001'],
    ['6.67e-11', '6.6700001e-11'],
  ])('%s and %s agree', (a, b) => {
    expect(agree(a, b)).toBe(true)
    expect(agree(b, a)).toBe(true)
  })

  it.each([
    ['0.333333', '0.333334'],
    ['0.3', '0.(3)'],
    ['1', '1.000001'],
    ['0', '0.0000001'],
    ['0.0000672', '0.000067'],
    ['6.67e-11', '6.68e-11'],
    ['1e-9999', '2e-9999'],
  ])('%s and %s do not', (a, b) => {
    expect(agree(a, b)).toBe(false)
    expect(agree(b, a)).toBe(false)
  })

  it('takes the number of places', () => {
    expect(agree('3.14', '3.1416', 2)).toBe(true)
    expect(agree('3.14', '3.146', 2)).toBe(false)
  })
})
