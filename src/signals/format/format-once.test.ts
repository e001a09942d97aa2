import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hasBlocksOnce } from './format-once.ts'

const tags = ['think', 'answer']

it.each([
  ['<think>line one\nline two</think><answer>2</answer>', true],
  ['<think></think><answer></answer>', true],
  ['<think>x</think><answer>2</answer> trailing', false],
  ['<think>x</think>\n<answer>2</answer>', false],
  [' <think>x</think><answer>1</answer>', false],
  ['<think>a</think><think>b</think><answer>1</answer>', false],
  ['<answer>1</answer><think>a</think>', false],
  ['<think>a<answer></think><answer>1</answer>', false],
  ['no tags at all', false],
])('judges %j', (text, right) => {
  expect(hasBlocksOnce(text, tags, 'nothing')).toBe(right)
})

it('allows white space or anything between the blocks', () => {
  const text = '\n<think>a</think> <answer>1</answer>\n'
  expect(hasBlocksOnce(text, tags, 'white-space')).toBe(true)
  expect(hasBlocksOnce(`So: ${text}.`, tags, 'white-space')).toBe(false)
  expect(hasBlocksOnce(`So: ${text}.`, tags, 'anything')).toBe(true)
})

it('a stricter gap never accepts more', () => {
  const piece = fc.constantFrom('<think>', '</think>', '<answer>', '</answer>', ' ', 'x')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const text = pieces.join('')
      if (hasBlocksOnce(text, tags, 'nothing')) expect(hasBlocksOnce(text, tags, 'white-space')).toBe(true)
      if (hasBlocksOnce(text, tags, 'white-space')) expect(hasBlocksOnce(text, tags, 'anything')).toBe(true)
    }),
  )
})
