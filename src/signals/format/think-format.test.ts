import { expect, it } from 'vitest'
import { hasThinkFormat } from './think-format.ts'

it.each([
  ['<think>a</think>b', true],
  ['<think></think>b', true],
  ['<think>a</think></think>b', true],
  ['<think>a</think>b<think>c</think>', false],
  ['first line\n<think>a</think>b', false],
  ['<THINK>a</THINK>b', false],
  ['<think>a', false],
  ['', false],
])('judges %j', (completion, right) => {
  expect(hasThinkFormat(completion)).toBe(right)
})

it('takes another tag', () => {
  expect(hasThinkFormat('<reason>a</reason>b', 'reason')).toBe(true)
})
