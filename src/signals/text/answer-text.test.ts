import { expect, test } from 'vitest'
import { answerText, thoughtAndAnswerFormat } from './answer-text.ts'

test.each([
  ['<think>x</think><answer> The cat. </answer> tail', 'The cat.'],
  ['<answer>never closed ', 'never closed'],
  ['</answer><answer>a b</answer>', 'a b'],
  ['<answer>first</answer><answer>second</answer>', 'first'],
  ['  no tags\n', 'no tags'],
  ['only a closing tag</answer>', 'only a closing tag</answer>'],
  ['<answer></answer>', ''],
  ['', ''],
])('the answer of %j', (completion, answer) => {
  expect(answerText(completion)).toBe(answer)
})

test.each([
  ['<think>x</think><answer>y</answer>', 1],
  ['<think></think><answer></answer>', 1],
  ['<think>x</think></think><answer>y</answer></answer>', 1],
  ['<think>x</think> <answer>y</answer>', 0],
  ['<think>x\ny</think><answer>y</answer>', 0],
  ['<think>x</think><answer>y</answer>\n', 0],
  [' <think>x</think><answer>y</answer>', 0],
  ['<think>x</think><answer>y', 0],
  ['<think></think><answer>', 0],
])('the format of %j is %i', (completion, format) => {
  expect(thoughtAndAnswerFormat(completion)).toBe(format)
})
