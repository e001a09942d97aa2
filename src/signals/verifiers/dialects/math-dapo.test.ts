import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  extractMathDapo,
  extractStrictBox,
  normalizeMathDapo,
  scoreMathDapo,
  scoreStrictBox,
} from './math-dapo.ts'

it.each([
  ['12\\text{ square units}', '12'],
  ['x = \\frac12', '\\frac{1}{2}'],
  ['\\sqrt2', '\\sqrt{2}'],
  ['27 and 19', '27and19'],
  ['12, 17', '1217'],
  ['0.\\overline{3}', '0.3'],
  ['\\$5', '5'],
  ['45^{\\circ}', '45'],
  ['the sum $x$ is', 'x'],
])('normalises %s to %s', (answer, normal) => {
  expect(normalizeMathDapo(answer)).toBe(normal)
})

it('reads the last announced answer of the last 300 characters', () => {
  expect(extractMathDapo('Answer: 1\nANSWER : 2\n')).toBe('2')
  expect(extractMathDapo(`Answer: 1\n${'.'.repeat(300)}`)).toBeUndefined()
})

it('scores −1, not 0, for a wrong or missing answer', () => {
  expect(scoreMathDapo('so \\boxed{42}', '42')).toEqual({ score: -1, acc: false, pred: '[INVALID]' })
  expect(scoreMathDapo('Answer: y = 41 = 42', '42')).toEqual({ score: 1, acc: true, pred: '42' })
})

it('compares the strict box letter by letter, within 100 characters', () => {
  expect(scoreStrictBox('\\boxed{42}', '42')).toBe(1)
  expect(scoreStrictBox('\\boxed{42.0}', '42')).toBe(-1)
  expect(extractStrictBox(`\\boxed{42}${' '.repeat(100)}`)).toBeUndefined()
})

it('accepts every plain whole number as its own answer', () => {
  fc.assert(
    fc.property(fc.bigInt(), (number) => {
      expect(scoreMathDapo(`Answer: ${number}`, String(number)).score).toBe(1)
    }),
  )
})
