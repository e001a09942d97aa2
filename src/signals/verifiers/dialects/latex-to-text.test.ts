import { expect, it } from 'vitest'
import { latexToText } from './latex-to-text.ts'

it.each([
  ['8 \\frac{3}{5}', '8 3/5'],
  ['\\frac{12}{17}', '(12)/(17)'],
  ['\\frac12', '1/2'],
  ['\\sqrt{10}+7', '√(10)+7'],
  ['\\sqrt[3]{2}', '∛(2)'],
  ['\\frac{\\sqrt{6}}{6}', '(√(6))/6'],
  ['\\{1,2\\}', '{1,2}'],
  ['\\mathrm{C}', 'C'],
  ['\\textbf{(A)}', '(𝐀)'],
  ['\\mathbb{R}', 'ℝ'],
  ['x_{1}', 'x_1'],
  ['\\sin^2 x \\angle ABC', 'sin^2 x ∠ABC'],
  ['\\unknown{a}b', 'ab'],
  ['\\begin{pmatrix} -4 & -5 \\\\ 0 & 9 \\end{pmatrix}', '[ -4 -5;  0  9 ]'],
  ['a}b', 'ab'],
])('reads %s as %s', (latex, text) => {
  expect(latexToText(latex)).toBe(text)
})

it('refuses to nest without end', () => {
  expect(() => latexToText('{'.repeat(1000))).toThrow(RangeError)
  expect(() => latexToText('\\frac'.repeat(1000))).toThrow(RangeError)
})
