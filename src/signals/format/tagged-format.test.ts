import { expect, it } from 'vitest'
import { hasTaggedFormat } from './tagged-format.ts'

const tabc = (confidence: string, end = '') =>
  `<think>a</think> <answer>x</answer>\n<analysis>y</analysis><confidence>${confidence}</confidence>${end}`

it('asks for the blocks in order with only white space between and after', () => {
  expect(hasTaggedFormat(tabc('0.9', ' \n '), 'tabc')).toBe(true)
  expect(hasTaggedFormat(tabc('0.9', ' more'), 'tabc')).toBe(false)
  expect(hasTaggedFormat(tabc('0.9'), 'tbac')).toBe(false)
  expect(hasTaggedFormat(tabc('0.9'), 'ta')).toBe(false)
  expect(hasTaggedFormat('a</think><answer>x</answer>', 'ta')).toBe(true)
  expect(hasTaggedFormat('<answer>x</answer>', 'ta')).toBe(false)
  expect(hasTaggedFormat('</think><answer>x</answer><confidence>1</confidence>', 'tac')).toBe(true)
})

it('lets a block hold further tags, and then looks at the last confidence', () => {
  const text =
    '</think><answer>a</answer><answer>b</answer><confidence>2</confidence><confidence>0.6</confidence>'
  expect(hasTaggedFormat(text, 'tac')).toBe(true)
  expect(hasTaggedFormat(text.replace('0.6', '6'), 'tac')).toBe(false)
})

it('asks for a number in [0, 1]; "nan" is malformed unless the authors’ code is wanted', () => {
  for (const text of ['', '90%', '1.2', '-0.1', 'high'])
    expect(hasTaggedFormat(tabc(text), 'tabc')).toBe(false)
  expect(hasTaggedFormat(tabc('nan'), 'tabc')).toBe(false)
  expect(hasTaggedFormat(tabc('nan'), 'tabc', { notANumber: 'accept' })).toBe(true)
})
