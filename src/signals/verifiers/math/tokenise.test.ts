import { describe, expect, it } from 'vitest'
import { tokenise } from './tokenise.ts'
import { unicodeToLatex } from './unicode.ts'

const texts = (answer: string): string => tokenise(unicodeToLatex(answer)).texts.join(' ')
const kinds = (answer: string): string => tokenise(unicodeToLatex(answer)).kinds.join(' ')

describe('tokenise', () => {
  it.each([
    ['\\dfrac{1}{2}', 'frac { 1 } { 2 }'],
    ['\\left(1,\\;2\\right]', '( 1 , 2 ]'],
    ['x**2', 'x ^ 2'],
    ['a \\times b \\cdot c \\div d', 'a * b * c / d'],
    ['\\left.x\\right|', 'x |'],
    ['$$5$$', '5'],
    ['\\begin{array}{cc}1&2\\\\[4pt]3&4\\end{array}', 'begin array 1 & 2 \\\\ 3 & 4 end array'],
    ['3 x 10^8', '3 * 10 ^ 8'],
  ])('drops layout from %s', (answer, expected) => {
    expect(texts(answer)).toBe(expected)
  })

  it.each([
    ['.5', '0.5'],
    ['5.', '5'],
    ['1.2e3', '1.2e3'],
    ['2e', '2 e'],
    ['1{,}234', '1234'],
    ['10,\\!080', '10080'],
    ['10\\,080', '10080'],
    ['1,234,567.89', '1234567.89'],
    ['1,234, 567', '1234 , 567'.replace('1234', '1 , 234')],
    ['12,34', '12 , 34'],
    ['(1,234)', '( 1 , 234 )'],
    ['0.\\overline{3}', '0.(3)'],
    ['0.1\\bar{6}', '0.1(6)'],
    ['0.\\dot{1}4\\dot{2}', '0.(142)'],
    ['0.(12)', '0.(12)'],
    ['0.333...', '0.(3)'],
    ['0.12\\ldots', '0.12…'],
    ['21st', '21'],
    ['2B3_{16}', '2B3 _ { 16 }'],
  ])('reads the number %s', (answer, expected) => {
    expect(texts(answer)).toBe(expected)
  })

  it.each([
    ['xy', 'symbol symbol'],
    ['sinx', 'function symbol'],
    ['Monday', 'word'],
    ['the value of x is 5', 'word word word symbol word number'],
    ['5 cm', 'number word'],
    ['2cm', 'number word'],
    ['cm', 'symbol symbol'],
    ['7 men', 'number word'],
    ['\\text{ or }', 'operator'],
    ['\\text{no solution}', 'text'],
    ['\\mathrm{cm}', 'text'],
    ['\\text{2\\pi}', 'operator number constant operator'],
    ['1 and 2', 'number operator number'],
    ['twenty-one', 'word'],
    ['中文', 'word'],
    ['ei', 'constant constant'],
    ['\\operatorname{lcm}', 'function'],
  ])('knows what the letters of %s are', (answer, expected) => {
    expect(kinds(answer)).toBe(expected)
  })

  it('takes a dollar sign without a partner for money', () => {
    expect(texts('$5')).toBe('$ 5')
    expect(texts('\\$5')).toBe('$ 5')
    expect(texts('$5$ and $6$')).toBe('5 and 6')
  })

  it.each([
    ['x²³', 'x ^ { 23 }'],
    ['x₁₂', 'x _ { 12 }'],
    ['−∞ ≤ π', '- infinity <= pi'],
    ['√2·½', 'surd 2 * frac { 1 } { 2 }'],
    ['１２，３', '12 , 3'],
  ])('reads the Unicode %s', (answer, expected) => {
    expect(texts(answer)).toBe(expected)
  })
})
