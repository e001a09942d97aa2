import { expect, it } from 'vitest'
import { hasAnswerFormat } from './answer-format.ts'

const good = '<think>\na\n</think>\n<answer>\nb\n</answer>'

it.each([
  [good, true],
  [`${good}\nmore`, true],
  [`${good} more`, false],
  [`x${good}`, false],
  [`${good}<answer>\nx\n</answer>`, true],
  ['<think>\na\n<think>\n</think>\n<answer>\nb\n</answer>', true],
  ['<think>\n\n</think>\n<answer>\n\n</answer>', true],
  ['<think>\n</think>\n<answer>\nb\n</answer>', false],
  ['<think>a</think><answer>b</answer>', false],
])('judges %j', (completion, right) => {
  expect(hasAnswerFormat(completion)).toBe(right)
})

it('asks for a closed fenced block of the language', () => {
  const code = (block: string) => `<think>\na\n</think>\n<answer>\n${block}\n</answer>`
  expect(hasAnswerFormat(code('```python\nx\n```'), 'python')).toBe(true)
  expect(hasAnswerFormat(code('```cpp\nx\n```'), 'python')).toBe(false)
  expect(hasAnswerFormat(code('```python\nx'), 'python')).toBe(false)
})
