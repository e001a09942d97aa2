import { expect, it } from 'vitest'
import { tagShare } from './tag-count.ts'

it.each([
  ['<think>\na\n</think>\n<answer>\nb\n</answer>', 1],
  ['x<think>\na\n</think>\n<answer>\nb\n</answer>', 1],
  ['<think>\na\n<think>\n</think>\n<answer>\nb\n</answer>', 0.75],
  ['<think>\na\n</think>\n<answer>\nb', 0.75],
  ['<think></think>b', 0],
  ['', 0],
])('counts in %j', (completion, share) => {
  expect(tagShare(completion)).toBe(share)
})
