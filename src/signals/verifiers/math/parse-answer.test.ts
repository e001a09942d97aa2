import { describe, expect, it } from 'vitest'
import type { Expression } from './expression.ts'
import { parseAnswer } from './parse-answer.ts'
import { toText } from './rational.ts'
import { tokenise } from './tokenise.ts'
import { unicodeToLatex } from './unicode.ts'

/** The tree as an S-expression. */
function show(node: Expression | undefined): string {
  if (node === undefined) return 'nothing'
  const all = (name: string, items: readonly Expression[]): string =>
    `(${[name, ...items.map(show)].join(' ')})`
  switch (node.kind) {
    case 'number':
      return toText(node.value)
    case 'symbol':
    case 'constant':
    case 'number-set':
      return node.name
    case 'sum':
      return all('+', node.terms)
    case 'product':
      return all('*', node.factors)
    case 'power':
      return all('^', [node.base, node.exponent])
    case 'call':
      return all(node.name, node.arguments)
    case 'tuple':
      return all(node.open + node.close, node.items)
    case 'set':
      return all('set', node.items)
    case 'list':
      return all(`list-${node.separator}`, node.items)
    case 'relation':
      return all(node.operators.join(' '), node.operands)
    case 'set-operation':
      return all(node.name, node.operands)
    case 'matrix':
      return all(node.form, node.rows.flat())
    case 'base-number':
      return `${node.digits}_${node.base}`
    case 'ratio':
      return all(':', node.parts)
    case 'quantity':
      return `${show(node.value)}[${node.unit.words}]`
    case 'text':
      return `"${node.text}"`
  }
}

const parsed = (answer: string): string => show(parseAnswer(tokenise(unicodeToLatex(answer)), 0))

describe('parseAnswer', () => {
  it.each([
    ['1+2\\cdot 3', '7'],
    ['-x^2', '(* -1 (^ x 2))'],
    ['2^{-3}', '1/8'],
    ['x^{y^z}', '(^ x (^ y z))'],
    ['x^y^z', '(^ x (^ y z))'],
    ['1/2x', '(* 1 1/2 x)'],
    ['a/b/c', '(* a (^ b -1) (^ c -1))'],
    ['x(x+1)', '(* x (+ x 1))'],
    ['xy^2', '(* x (^ y 2))'],
    ['3!', '(factorial 3)'],
    ['\\frac37', '3/7'],
    ['\\frac1{2}', '1/2'],
    ['\\sqrt2', '(^ 2 1/2)'],
    ['\\sqrt[3]{x}', '(^ x 1/3)'],
    ['√12', '(^ 12 1/2)'],
    ['{5 \\choose 2}', '(binomial 5 2)'],
  ])('binds operators in %s', (answer, expected) => {
    expect(parsed(answer)).toBe(expected)
  })

  it.each([
    ['8\\frac{3}{5}', '43/5'],
    ['-8\\frac35', '-43/5'],
    ['137 1/2', '275/2'],
    ['2\\frac{x}{3}', '(* 2 (* x 1/3))'],
    ['0.1(6)', '1/6'],
    ['1.2e-2', '3/250'],
    ['1{,}234.5', '2469/2'],
    ['three', '3'],
    ['5 million', '5000000'],
    ['101_2', '101_2'],
    ['4210_{\\text{five}}', '4210_5'],
  ])('reads the number %s', (answer, expected) => {
    expect(parsed(answer)).toBe(expected)
  })

  it.each([
    ['\\sin 2x \\cos x', '(* (sin (* 2 x)) (cos x))'],
    ['\\sin(x)y', '(* (sin x) y)'],
    ['\\sin^2 x', '(^ (sin x) 2)'],
    ['\\sin^{-1} x', '(arcsin x)'],
    ['\\log_28', '(log 8 2)'],
    ['\\log_{10} x', '(log x 10)'],
    ['\\ln|x|', '(ln (abs x))'],
    ['\\cos\\frac{\\pi}{3}', '(cos (* pi 1/3))'],
    ['e^x', '(^ e x)'],
    ['\\gcd(12,18)', '(gcd 12 18)'],
    ['|x||y|', '(* (abs x) (abs y))'],
    ['\\sin 30^\\circ', '(sin (* 30 (* pi 1/180)))'],
  ])('applies functions in %s', (answer, expected) => {
    expect(parsed(answer)).toBe(expected)
  })

  it.each([
    ['(1,2)', '(() 1 2)'],
    ['[0,1)', '([) 0 1)'],
    [']0,1[', '(() 0 1)'],
    ['\\{1,2\\}', '(set 1 2)'],
    ['{1,2}', '(set 1 2)'],
    ['\\emptyset', '(set)'],
    ['1, 2 and 3', '(list-and 1 2 3)'],
    ['1 or 2', '(list-or 1 2)'],
    ['5,', '5'],
    ['(0,1)\\cup(2,3)', '(union (() 0 1) (() 2 3))'],
    ['(0,1)U(2,3)', '(union (() 0 1) (() 2 3))'],
    ['\\mathbb{R}\\setminus\\{0\\}', '(difference R (set 0))'],
    ['\\{x \\mid x>2\\}', '(> x 2)'],
    ['\\langle 1,2\\rangle', '(<> 1 2)'],
    ['\\begin{bmatrix}1&2\\\\3&4\\end{bmatrix}', '(matrix 1 2 3 4)'],
    ['\\frac12\\begin{pmatrix}2\\\\4\\end{pmatrix}', '(matrix 1 2)'],
    ['1:2:3', '(: 1 2 3)'],
    ['1<x\\le 3', '(< <= 1 x 3)'],
    ['x\\in[0,1]', '(in x ([] 0 1))'],
    ['f(x)=x^2', '(= f(x) (^ x 2))'],
    ['P(A|B)=\\frac12', '(= P(A|B) 1/2)'],
    ['x(x+1)=6', '(= (* x (+ x 1)) 6)'],
    ['\\pm 2', '(plus-minus 2)'],
  ])('reads the shape %s', (answer, expected) => {
    expect(parsed(answer)).toBe(expected)
  })

  it.each([
    ['12 cm', '12[cm]'],
    ['12 \\mathrm{~cm}^2', '12[cm^2]'],
    ['5\\text{ m/s}', '5[m s^-1]'],
    ['60 miles per hour', '60[mile hour^-1]'],
    ['$5', '5[$]'],
    ['50\\%', '50[%]'],
    ['50 percent', '50[%]'],
    ['90^\\circ', '90[degree]'],
    ['5 apples', '5[apple]'],
    ['5 min', '5[min]'],
    ['(2+3)\\text{ cm}', '5[cm]'],
  ])('keeps the unit of %s', (answer, expected) => {
    expect(parsed(answer)).toBe(expected)
  })

  it.each([
    ['the value of x is 7/3', '7/3'],
    ['= 5', '5'],
    ['Area: 12', '12'],
    ['\\text{Area} = 12', '(= "area" 12)'],
    ['No solution.', '"no solution"'],
    ['Alice', '"alice"'],
  ])('reads the sentence %s', (answer, expected) => {
    expect(parsed(answer)).toBe(expected)
  })

  it.each([
    'at least 5',
    'not 5',
    'the answer is not 5',
    '5 times',
    '2 thirds',
    '5 dozen',
    '(1',
    '1)',
    '2 3',
    'x 2',
    '1 + ',
    '3!!',
    '\\int_0^1 x dx',
    '\\frac{1}',
    '1 2/1',
    '',
  ])('does not pretend to know %s', (answer) => {
    expect(parsed(answer)).toBe('nothing')
  })
})
