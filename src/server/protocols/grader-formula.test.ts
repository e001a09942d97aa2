import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GraderFailure } from './grader-failure.ts'
import { parseFormula } from './grader-formula.ts'

const value = (text: string, values: Record<string, number> = {}) =>
  parseFormula(text)(new Map(Object.entries(values)))

function errors(text: string): unknown {
  try {
    value(text)
  } catch (thrown) {
    if (thrown instanceof GraderFailure) return thrown.errors
    throw thrown
  }
  throw new Error('it was accepted')
}

describe('parseFormula', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['-2^2', -4],
    ['2^-1', 0.5],
    ['2^3^2', 512],
    ['8 / 4 / 2', 1],
    ['5 - 3 - 1', 1],
    ['--3', 3],
    ['min(1, 2, -3) + max(4, 5)', 2],
    ['abs(-1) + floor(1.5) + ceil(1.5)', 4],
    ['exp(0) + sqrt(9) + log(1)', 4],
    ['1e2 + .5', 100.5],
  ])('%s = %d', (text, expected) => {
    expect(value(text)).toBe(expected)
  })

  it('reads names', () => {
    expect(value('0.8 * correct + 0.2 * style', { correct: 1, style: 0.2 })).toBeCloseTo(0.84, 15)
  })

  it.each(['', '1 +', '(1', '1)', '1 2', 'nope(1)', 'abs(1, 2)', '$', '1..2', `${'('.repeat(200)}1`, '*'])(
    'refuses %j',
    (text) => {
      expect(errors(text)).toEqual({ formula_parse_error: true })
    },
  )

  it('refuses unknown names and results that are no number', () => {
    expect(errors('toString + 1')).toEqual({ invalid_variable_error: true })
    expect(errors('1 / 0')).toEqual({ other_error: true })
    expect(errors('sqrt(-1)')).toEqual({ other_error: true })
  })

  it('agrees with arithmetic on any two numbers', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(value('a * b - (a + b)', { a, b })).toBe(a * b - (a + b))
      }),
    )
  })

  it('answers or fails as a grader for any text', () => {
    const text = fc
      .array(fc.constantFrom('1', 'a', '+', '-', '*', '/', '^', '(', ')', ',', 'min', ' ', '.'))
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, (formula) => {
        try {
          expect(Number.isFinite(value(formula, { a: 2 }))).toBe(true)
        } catch (thrown) {
          if (!(thrown instanceof GraderFailure)) throw thrown
        }
      }),
      { numRuns: 1000 },
    )
  })
})
