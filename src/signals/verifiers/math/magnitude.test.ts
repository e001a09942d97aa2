import { describe, expect, it } from 'vitest'
import { magnitudeOf } from './magnitude.ts'
import { parseAnswer } from './parse-answer.ts'
import { tokenise } from './tokenise.ts'

const magnitude = (text: string) => magnitudeOf(parseAnswer(tokenise(text), 0)!)

describe('magnitudeOf', () => {
  it.each([
    ['2^{100000}', 100_000 * Math.LN2],
    ['10^{-10^9}', -1e9 * Math.LN10],
    // ln(1000!), and ln(30!) where the series is least accurate
    ['1000!', 5912.128178488163],
    ['30!', 74.65823634883016],
    ['\\frac{1000!}{999!}', Math.log(1000)],
    ['10^{500}+10^{500}', 500 * Math.LN10 + Math.LN2],
    ['\\pi^{1000}', 1000 * Math.log(Math.PI)],
  ])('finds the logarithm of %s', (text, log) => {
    const found = magnitude(text)!
    expect(found.sign).toBe(1)
    expect(Math.abs(found.log - log)).toBeLessThanOrEqual(1e-10 * Math.max(1, Math.abs(log)))
  })

  it('keeps signs and zero', () => {
    expect(magnitude('-10^{400}')).toMatchObject({ sign: -1 })
    expect(magnitude('0')).toEqual({ sign: 0, log: Number.NEGATIVE_INFINITY })
    expect(magnitude('9^{9^{9^9}}')).toEqual({ sign: 1, log: Number.POSITIVE_INFINITY })
  })

  it.each(['x^{1000}', '(-2)^{100000}', '10^{400000}-10^{399999}', '\\frac{1}{0}'])(
    'does not know %s',
    (text) => {
      expect(magnitude(text)).toBeUndefined()
    },
  )
})
