import { expect, it } from 'vitest'
import { extractChoice } from './multiple-choice.ts'

it.each([
  ['<answer>(B) because</answer> or C', 'B', 'answer-tag'],
  ['A? \\boxed{\\text{C}}', 'C', 'boxed'],
  ['\\boxed{D. none}', 'D', 'boxed'],
  ['The answer is **B**.', 'B', 'answer-is'],
  ['Answer: (d)', 'D', 'answer-is'],
  ['The correct option is A) Rome', 'A', 'answer-is'],
  ['I think B, not C', 'C', 'letter'],
  ['It is D. A dog barks', 'D', 'letter'],
])('reads %s', (completion, letter, rule) => {
  expect(extractChoice(completion, 'ABCDE')).toEqual({ letter, rule })
})

it.each(['Apples', 'answer is 42', 'F', '', 'a cat', 'the answer is unclear'])(
  'finds none in %j',
  (completion) => {
    expect(extractChoice(completion, 'ABCDE')).toBeUndefined()
  },
)

it('takes only the letters it is given', () => {
  expect(extractChoice('The answer is G.', 'ABCDEFGH')?.letter).toBe('G')
  expect(extractChoice('The answer is G.', 'ABCD')).toBeUndefined()
})
