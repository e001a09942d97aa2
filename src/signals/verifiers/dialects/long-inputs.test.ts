import { expect, it } from 'vitest'
import { extractJson } from '../extract-json.ts'
import { extractChoice } from '../multiple-choice.ts'
import { scoreGeo3k } from './geo3k.ts'
import { extractGsm8k } from './gsm8k.ts'
import { scoreMathDapo } from './math-dapo.ts'
import { scoreMathReward } from './math-reward.ts'
import { extractMathVerify } from './math-verify.ts'
import { extractPrimeMath } from './prime-math.ts'
import { scoreOpenrlhf } from './prm800k.ts'
import { scoreSearchR1 } from './search-r1.ts'

const megabyte = 1 << 20
const pieces = [
  '<answer>',
  '\\boxed{',
  '$',
  '$$',
  '{',
  '[',
  '"',
  'answer is ',
  '1 ',
  '\\(',
  '-\\frac{1}{',
  'A ',
  '\\frac',
]

it.each(pieces)('reads a megabyte of %s in linear time', (piece) => {
  const text = piece.repeat(Math.ceil(megabyte / piece.length))
  const closed = text + '}'.repeat(megabyte / 8)
  const start = performance.now()
  scoreMathDapo(text, '1')
  extractGsm8k(text, 'flexible')
  scoreMathReward(text, '1')
  scoreOpenrlhf(text, '1')
  extractPrimeMath(text)
  scoreGeo3k(text, '1')
  scoreSearchR1(text, ['1'])
  extractMathVerify(text, { style: 'math-verify' })
  extractMathVerify(text, { style: 'trl' })
  extractMathVerify(closed, { style: 'math-verify' })
  extractJson(closed)
  extractJson(text)
  extractChoice(text, 'ABCDE')
  expect(performance.now() - start).toBeLessThan(10_000)
})
