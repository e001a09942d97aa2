import { expect, it } from 'vitest'
import { latexFormulas } from './latex-environments.ts'
import {
  extractMathVerify,
  joinedBoxes,
  scoreMathVerify,
  scoreTrlAccuracy,
  scoreTrlReasoningAccuracy,
} from './math-verify.ts'

const same = (gold: string, answer: string) => gold === answer

it('finds formulas in every delimiter, in order', () => {
  const text = 'a $x$ b \\(y\\) c \\[z\\] d $$w$$ e -\\frac{1}{2} and $open'
  expect(latexFormulas(text).map((formula) => formula.content)).toEqual(['x', 'y', 'z', 'w', '-\\frac{1}{2}'])
  expect(latexFormulas('costs 5$ or 6$')).toEqual([])
})

it('joins boxes that stand close to each other into a list', () => {
  expect(joinedBoxes('\\boxed{41} or \\boxed{42}')).toBe('41,42')
  expect(
    joinedBoxes(
      '\\boxed{1}. This was wrong for a reason that takes a whole long sentence to explain in full; so \\boxed{2}',
    ),
  ).toBe('2')
  expect(joinedBoxes('\\boxed{\\boxed{3}}')).toBe('3')
  expect(joinedBoxes('\\boxed{3')).toBeUndefined()
})

it.each([
  ['Answer: $3/7$', 'trl', '3/7'],
  ['so $3/7$', 'trl', undefined],
  ['so $3/7$', 'math-verify', '3/7'],
  ['Answer: 42', 'trl', undefined],
  ['Answer: 42', 'math-verify', '42'],
  ['\\boxed{1} but the final answer is $2$. I hope it is right. ', 'trl', '2'],
  ['final answer is $2$, see \\boxed{1}', 'math-verify', '1'],
  ['no idea', 'math-verify', undefined],
] as const)('reads %s for %s as %s', (completion, style, answer) => {
  expect(extractMathVerify(completion, { style })).toBe(answer)
})

it('scores with the equivalence it is given; undecided counts as wrong', () => {
  expect(scoreMathVerify('It is 42', '42', same)).toBe(true)
  expect(scoreTrlAccuracy('\\boxed{42}', '42', same)).toBe(1)
  expect(scoreTrlAccuracy('\\boxed{42}', '42', () => undefined)).toBe(0)
})

it('reads a boxed text as one word', () => {
  const inner = (gold: string, answer: string) => answer === `\\text{${gold}}`
  for (const text of ['B', '42', '3/7', '\\pi', 'no solution']) {
    expect(scoreTrlAccuracy(`\\boxed{\\text{${text}}}`, text, inner)).toBe(1)
  }
  for (const text of ['5.5', '1,234', 'x=5', '2x', '\\frac{3}{4}']) {
    expect(scoreTrlAccuracy(`\\boxed{\\text{${text}}}`, text, inner)).toBe(0)
  }
})

it('counts only what follows the reasoning, and nothing while that is open', () => {
  expect(scoreTrlReasoningAccuracy('<think>\\boxed{1}</think>\\boxed{2}', '2', same)).toBe(1)
  expect(scoreTrlReasoningAccuracy('<think>\\boxed{2}</think>done', '2', same)).toBe(0)
  expect(scoreTrlReasoningAccuracy('\\boxed{2}', '2', same)).toBe(0)
})
