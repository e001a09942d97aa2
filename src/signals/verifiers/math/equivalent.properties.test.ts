import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { equivalent } from './equivalent.ts'

const verdict = (gold: string, answer: string): string => equivalent(gold, answer).verdict

/** Random LaTeX expressions, as deep as fast-check likes. */
const { expression } = fc.letrec<{ expression: string; leaf: string }>((tie) => ({
  leaf: fc.oneof(
    fc.integer({ min: 0, max: 99 }).map(String),
    fc.constantFrom(
      'x',
      'y',
      'n',
      'a_1',
      '\\theta',
      '\\pi',
      'e',
      'i',
      '0.5',
      '1\\frac12',
      '9007199254740993',
    ),
  ),
  expression: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    tie('leaf'),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a}+${b})`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a}-${b})`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `${a} \\cdot ${b}`),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `\\frac{${a}}{${b}}`),
    fc.tuple(tie('expression'), fc.integer({ min: -3, max: 4 })).map(([a, n]) => `(${a})^{${n}}`),
    fc
      .tuple(fc.constantFrom('\\sqrt', '\\sin', '\\cos', '\\ln', '\\arctan'), tie('expression'))
      .map(([f, a]) => `${f}{${a}}`),
    tie('expression').map((a) => `\\left|${a}\\right|`),
    tie('expression').map((a) => `e^{${a}}`),
  ),
}))

/** The same answer in another layout. */
const reformat = fc.constantFrom<(answer: string) => string>(
  (answer) => `$${answer}$`,
  (answer) => `\\boxed{${answer}}`,
  (answer) => `\\left(${answer}\\right)`,
  (answer) => `${answer}.`,
  (answer) => ` ${answer.replaceAll('+', ' + ')} `,
  (answer) => answer.replaceAll('\\frac', '\\dfrac'),
  (answer) => `\\displaystyle{${answer}}`,
  (answer) => `the answer is ${answer}`,
  (answer) => `z = ${answer}`,
)

const polynomial = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 5 })

/** Coefficients to text, constant first. */
const written = (coefficients: readonly number[]): string =>
  coefficients.map((coefficient, power) => `(${coefficient})x^{${power}}`).join('+')

const multiplied = (a: readonly number[], b: readonly number[]): number[] => {
  const product = new Array(a.length + b.length - 1).fill(0)
  a.forEach((x, i) => {
    b.forEach((y, j) => {
      product[i + j] += x * y
    })
  })
  return product
}

describe('properties of equivalent', () => {
  it('every expression equals itself in another layout', () => {
    fc.assert(
      fc.property(expression, reformat, (answer, change) => {
        expect(verdict(answer, change(answer))).toBe('equal')
      }),
      { numRuns: 1500 },
    )
  })

  it('the verdict does not depend on the order of the sides', () => {
    fc.assert(
      fc.property(expression, expression, (a, b) => {
        expect(verdict(a, b)).toBe(verdict(b, a))
      }),
      { numRuns: 1500 },
    )
  })

  it('nothing equals itself plus a number', () => {
    fc.assert(
      fc.property(expression, fc.constantFrom('1', '\\frac{1}{7}', '0.01'), (answer, more) => {
        expect(verdict(answer, `${answer}+${more}`)).not.toBe('equal')
      }),
      { numRuns: 1500 },
    )
  })

  it('a product of polynomials equals its expansion, and no other', () => {
    fc.assert(
      fc.property(polynomial, polynomial, fc.integer({ min: 1, max: 9 }), (a, b, error) => {
        const product = multiplied(a, b)
        const factored = `(${written(a)})(${written(b)})`
        expect(verdict(factored, written(product))).toBe('equal')
        product[product.length - 1]! += error
        expect(verdict(factored, written(product))).toBe('different')
      }),
    )
  })

  it('a fraction equals its multiples, its mixed number, and its decimal to six places', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999 }),
        fc.integer({ min: 2, max: 99 }),
        fc.integer({ min: 2, max: 9 }),
        fc.boolean(),
        (numerator, denominator, multiple, isNegative) => {
          const sign = isNegative ? '-' : ''
          const fraction = `${sign}\\frac{${numerator}}{${denominator}}`
          expect(verdict(fraction, `${sign}${numerator * multiple}/${denominator * multiple}`)).toBe('equal')
          const decimal = (numerator / denominator).toFixed(6)
          expect(verdict(fraction, sign + decimal)).toBe('equal')
          expect(verdict(fraction, sign + (numerator / denominator + 2e-6).toFixed(6))).toBe('different')
          const [whole, rest] = [Math.floor(numerator / denominator), numerator % denominator]
          const mixed = `${sign}${whole}\\frac{${rest}}{${denominator}}`
          expect(verdict(fraction, mixed)).toBe('equal')
          expect(verdict(fraction, `${sign}\\frac{${numerator + 1}}{${denominator}}`)).toBe('different')
        },
      ),
    )
  })

  it('integers of any size equal only themselves', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n }), (integer) => {
        expect(verdict(`${integer}`, `${integer}.0`)).toBe('equal')
        expect(verdict(`${integer}`, integer.toLocaleString('en-US'))).toBe('equal')
        expect(verdict(`${integer}`, `${integer + 1n}`)).toBe('different')
        expect(verdict(`${integer}`, `\\frac{${3n * integer}}{3}`)).toBe('equal')
      }),
    )
  })

  it('lists and sets are equal in any order, tuples in one', () => {
    const distinct = fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 7 })
    fc.assert(
      fc.property(distinct, fc.infiniteStream(fc.nat()), (items, keys) => {
        const shuffled = items
          .map((item) => ({ item, key: keys.next().value! }))
          .sort((a, b) => a.key - b.key)
        const other = shuffled.map(({ item }) => item)
        expect(verdict(items.join(', '), other.join(', '))).toBe('equal')
        expect(verdict(`\\{${items.join(',')}\\}`, `\\{${other.join(',')}\\}`)).toBe('equal')
        expect(verdict(items.join(', '), `${other.slice(1).join(', ')}, 51`)).toBe('different')
        const isSame = items.every((item, at) => item === other[at])
        expect(verdict(`(${items.join(',')})`, `(${other.join(',')})`)).toBe(isSame ? 'equal' : 'different')
      }),
    )
  })

  it('an inequality equals its multiples by positive numbers, and its interval', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: -20, max: 20 }),
        fc.constantFrom('<', '>', '\\le', '\\ge'),
        (factor, bound, sign) => {
          const isBelow = sign === '<' || sign === '\\le'
          const isClosed = sign.startsWith('\\')
          const mirrored = isBelow ? (isClosed ? '\\ge' : '>') : isClosed ? '\\le' : '<'
          const interval = isBelow
            ? `(-\\infty,${bound}${isClosed ? ']' : ')'}`
            : `${isClosed ? '[' : '('}${bound},\\infty)`
          expect(verdict(interval, `${factor}x ${sign} ${factor * bound}`)).toBe('equal')
          expect(verdict(interval, `${-factor}x ${mirrored} ${-factor * bound}`)).toBe('equal')
          expect(verdict(interval, `${factor}x ${mirrored} ${factor * bound}`)).toBe('different')
          expect(verdict(`x ${sign} ${bound}`, `x ${sign} ${bound + 1}`)).toBe('different')
        },
      ),
    )
  })

  it('never throws and always ends, whatever the text', () => {
    const part = fc.constantFrom(
      ...String.raw`\frac{ \frac \sqrt{ \sqrt[ ] } { ( ) [ \{ \} | , ; : . + - * / ^ ^{ _ _{ = < > \le \in \cup \pm \infty \pi e i x A 0 1 2 12 999999999999999999999 0.5 .3 1e5 1e999 ! % \% ^\circ \sin \ln \log_2 \gcd \binom{ \lfloor \rceil \text{ \text{and} \mathrm{cm} \mathbb{R} \emptyset \begin{pmatrix} \end{pmatrix} & \\ \overline{ 0.\overline{3} \boxed{ $ \$ apples is and or not million km/h 101_2 \langle \approx ½ √ ² ' " # ~ \, {,} 1,234 (A) \textbf{(B)} three 50! x^{100} (x+y)^{40} choose \over 中文 \unknown __proto__`.split(
        ' ',
      ),
      ' ',
      '\u0000',
      '\ud800',
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 25 }), fc.array(part, { maxLength: 25 }), (a, b) => {
        const started = performance.now()
        const { verdict: decided } = equivalent(a.join(''), b.join(''))
        expect(['equal', 'different', 'undecided']).toContain(decided)
        expect(performance.now() - started).toBeLessThan(1000)
      }),
      { numRuns: 5000 },
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(['equal', 'different', 'undecided']).toContain(verdict(a, b))
      }),
      { numRuns: 2000 },
    )
  })
})
