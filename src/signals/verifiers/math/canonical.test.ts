import { describe, expect, it } from 'vitest'
import { Budget, limitExceeded } from './budget.ts'
import { toFraction } from './canonical.ts'
import type { Expression } from './expression.ts'
import { AtomTable, constantOfFraction, crossDifference, noValue } from './fraction.ts'
import { parseAnswer } from './parse-answer.ts'
import { isZeroPolynomial } from './polynomial.ts'
import { toText } from './rational.ts'
import { tokenise } from './tokenise.ts'

const parse = (text: string): Expression => parseAnswer(tokenise(text), 0)!

function difference(a: string, b: string): { isZero: boolean; isDecided: boolean } {
  const table = new AtomTable(new Budget(10_000))
  const polynomial = crossDifference(toFraction(parse(a), table), toFraction(parse(b), table), table)
  return { isZero: isZeroPolynomial(polynomial), isDecided: table.decides(polynomial) }
}

const value = (text: string): string | undefined => {
  const constant = constantOfFraction(toFraction(parse(text), new AtomTable(new Budget(10_000))))
  return constant && toText(constant)
}

describe('toFraction', () => {
  it.each([
    ['(x+1)^2', 'x^2+2x+1'],
    ['\\frac{x^2-1}{x-1}', 'x+1'],
    ['\\frac{1}{x}+\\frac{1}{y}', '\\frac{x+y}{xy}'],
    ['\\sqrt{320}', '8\\sqrt{5}'],
    ['\\frac{1}{3-\\sqrt8}', '3+2\\sqrt2'],
    ['\\sqrt2\\sqrt3', '\\sqrt6'],
    ['\\sqrt[3]{16}', '2\\sqrt[3]{2}'],
    ['(1+i)^2', '2i'],
    ['\\sqrt{-4}', '2i'],
    ['\\ln 6', '\\ln 2+\\ln 3'],
    ['\\log_4 8', '\\frac32'],
    ['e^{x+2}', 'e^2 e^x'],
    ['4^x', '2^{2x}'],
    ['e^{2\\ln x}', 'x^2'],
    ['\\binom{n}{2}', '\\frac{n(n-1)}{2}'],
    ['|1-x|', '|x-1|'],
    ['\\cos\\frac{5\\pi}{6}', '-\\frac{\\sqrt3}{2}'],
    ['\\tan\\frac{\\pi}{4}', '1'],
  ])('makes %s and %s one form', (a, b) => {
    expect(difference(a, b).isZero).toBe(true)
  })

  it.each([
    ['x+1', 'x+2'],
    ['\\sqrt2+\\sqrt3', '\\sqrt5'],
    ['10^{30}+\\sqrt2', '10^{30}+\\sqrt3'],
    ['\\ln 9007199254740993', '53\\ln 2'],
    ['\\pi', '\\frac{355}{113}'],
  ])('proves that %s and %s differ', (a, b) => {
    expect(difference(a, b)).toEqual({ isZero: false, isDecided: true })
  })

  it.each([
    ['e^{\\pi}-\\pi', '20'],
    ['\\sqrt2\\sqrt[3]{2}', '2^{5/6}'],
    ['\\sin 1', '0.8'],
  ])('does not claim to prove that %s and %s differ', (a, b) => {
    expect(difference(a, b).isDecided).toBe(false)
  })

  it.each([
    ['5!', '120'],
    ['\\binom{10}{3}', '120'],
    ['\\lfloor -\\frac72\\rfloor', '-4'],
    ['\\lceil 2.1\\rceil', '3'],
    ['\\gcd(12,18)', '6'],
    ['\\operatorname{lcm}(4,6)', '12'],
    ['\\max(1,3,2)', '3'],
    ['|-4|', '4'],
    ['8^{2/3}', '4'],
    ['\\sin 0', '0'],
  ])('folds %s', (text, expected) => {
    expect(value(text)).toBe(expected)
  })

  it.each(['\\frac{1}{0}', '\\ln 0', '0^{-1}', '\\frac{1}{x-x}', '\\tan\\frac{\\pi}{2}'])(
    'knows that %s has no value',
    (text) => {
      expect(() => toFraction(parse(text), new AtomTable(new Budget(10_000)))).toThrow(noValue)
    },
  )

  it.each(['(x+y+z+w)^{60}', '9^{9^9}', '100000!', 'a+b+c+d+f+g+h+j', '\\infty'])(
    'leaves %s alone',
    (text) => {
      expect(() => toFraction(parse(text), new AtomTable(new Budget(10_000)))).toThrow(limitExceeded)
    },
  )
})
