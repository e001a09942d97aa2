import { expect, it } from 'vitest'
import { extractGeo3k, geo3kFormat, scoreGeo3k } from './geo3k.ts'

it('adds 0.9 for the answer and 0.1 for the form', () => {
  expect(scoreGeo3k('<think>a</think>so \\boxed{3}', '3')).toBe(1)
  expect(scoreGeo3k('\\boxed{3}', '3')).toBe(0.9)
  expect(scoreGeo3k('<think>a</think>\\boxed{4}', '3')).toBe(0.1)
  expect(scoreGeo3k('3', '3')).toBe(0)
})

it('asks the form only for tags and a closed box after them', () => {
  expect(geo3kFormat('<think>\\boxed{3}</think> done')).toBe(0)
  expect(geo3kFormat('<think>a</think>\\boxed{{1}')).toBe(1)
  expect(geo3kFormat(' <think>a</think>\\boxed{1}')).toBe(0)
})

it('reads the content of the last closed box', () => {
  expect(extractGeo3k('\\boxed{ \\frac{1}{2} }')).toBe('\\frac{1}{2}')
  expect(extractGeo3k('\\boxed{1')).toBeUndefined()
})
