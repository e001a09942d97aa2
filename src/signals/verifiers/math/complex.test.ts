import { describe, expect, it } from 'vitest'
import {
  applyFunction,
  type Complex,
  gamma,
  generalPower,
  integerPower,
  logarithm,
  squareRoot,
} from './complex.ts'
import { evaluate } from './evaluate.ts'
import { parseAnswer } from './parse-answer.ts'
import { tokenise } from './tokenise.ts'

const complex = (re: number, im = 0): Complex => ({ re, im, peak: 0 })

function expectValue(z: Complex, re: number, im: number): void {
  expect(z.re).toBeCloseTo(re, 11)
  expect(z.im).toBeCloseTo(im, 11)
}

describe('complex functions', () => {
  it('use the principal branches', () => {
    const z = complex(-1)
    logarithm(z)
    expectValue(z, 0, Math.PI)
    const root = complex(-4)
    squareRoot(root)
    expectValue(root, 0, 2)
    const power = complex(-8)
    generalPower(power, 1 / 3, 0)
    expectValue(power, 1, Math.sqrt(3))
    const whole = complex(1, 1)
    integerPower(whole, -2)
    expectValue(whole, 0, -0.5)
  })

  it.each([
    ['sin', 'arcsin'],
    ['cos', 'arccos'],
    ['tan', 'arctan'],
    ['sinh', 'arsinh'],
    ['cosh', 'arcosh'],
    ['tanh', 'artanh'],
    ['csch', 'arcsch'],
    ['sech', 'arsech'],
    ['coth', 'arcoth'],
  ])('invert %s by %s', (name, inverse) => {
    const z = complex(0.4, 0.3)
    applyFunction(inverse, z)
    applyFunction(name, z)
    expectValue(z, 0.4, 0.3)
  })

  it('know the gamma function', () => {
    const six = complex(7)
    gamma(six)
    expectValue(six, 720, 0)
    const half = complex(-0.5)
    gamma(half)
    expectValue(half, -2 * Math.sqrt(Math.PI), 0)
    // Γ(1 + i), Abramowitz and Stegun table 6.7
    const z = complex(1, 1)
    gamma(z)
    expectValue(z, 0.498015668118, -0.154949828302)
    const pole = complex(-3)
    gamma(pole)
    expect(pole.re).toBeNaN()
  })

  it('have no value at poles', () => {
    for (const [name, at] of [
      ['ln', 0],
      ['tan', Math.PI / 2],
      ['csch', 0],
      ['unheard-of', 1],
    ] as const) {
      const z = complex(at)
      applyFunction(name, z)
      expect(z.re, name).toBeNaN()
    }
  })
})

describe('evaluate', () => {
  const point = new Map([
    ['x', 2],
    ['y', -3],
  ])
  const valueAt = (text: string): Complex => {
    const z = complex(0)
    evaluate(parseAnswer(tokenise(text), 0)!, point, z)
    return z
  }

  it.each([
    ['x^2+y', 1, 0],
    ['\\frac{x}{y}', -2 / 3, 0],
    ['e^{i\\pi}', -1, 0],
    ['\\sqrt{y}', 0, Math.sqrt(3)],
    ['y^{1/3}', -Math.cbrt(3), 0],
    ['\\log_2 8', 3, 0],
    ['\\binom{y}{2}', 6, 0],
    ['\\binom{5/2}{1/2}', 1.875, 0],
    ['\\max(x,y)', 2, 0],
    ['\\gcd(12,18)', 6, 0],
    ['x!', 2, 0],
    ['|3+4i|', 5, 0],
    ['\\lfloor y/2\\rfloor', -2, 0],
  ])('finds the value of %s', (text, re, im) => {
    expectValue(valueAt(text), re, im)
  })

  it.each(['z', '\\frac{1}{0}', '\\ln 0', '\\infty', '\\gcd(x, 1.5)', '\\lfloor i\\rfloor'])(
    'finds none for %s',
    (text) => {
      expect(Number.isNaN(valueAt(text).re)).toBe(true)
    },
  )
})
