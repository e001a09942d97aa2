import { expect, it } from 'vitest'
import { equalMathReward, extractMathReward, scoreMathReward } from './math-reward.ts'

it('takes the text after the last "\\boxed " wherever it stands, else the last closed box', () => {
  expect(extractMathReward('So $\\boxed 3/7$')).toBe('\\boxed 3/7')
  expect(extractMathReward('\\boxed{1} \\boxed{2}')).toBe('\\boxed{2}')
  expect(extractMathReward('\\fbox{2}')).toBe('\\fbox{2}')
  expect(extractMathReward('\\boxed{2')).toBeUndefined()
})

it('scores a normalised match; an \\fbox is found and scores 0', () => {
  expect(scoreMathReward('\\boxed{\\dfrac12}', '\\frac{1}{2}')).toBe(1)
  expect(scoreMathReward('\\boxed{0.25}', '\\frac{1}{4}')).toBe(0)
  expect(scoreMathReward('\\fbox{2}', '2')).toBe(0)
  expect(scoreMathReward('2', '2')).toBe(0)
})

it('falls back to raw equality when a normalisation fails', () => {
  expect(equalMathReward('1\\frac', '1\\frac')).toBe(true)
  expect(equalMathReward('1\\frac', '1 \\frac')).toBe(false)
})
