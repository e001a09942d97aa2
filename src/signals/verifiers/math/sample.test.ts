import { describe, expect, it } from 'vitest'
import { parseAnswer } from './parse-answer.ts'
import { POINT_COUNT, sampleDirectly, samplePoint } from './sample.ts'
import { tokenise } from './tokenise.ts'

const sampled = (a: string, b: string): string =>
  sampleDirectly(parseAnswer(tokenise(a), 0)!, parseAnswer(tokenise(b), 0)!, new Set(['x', 'y']))

describe('samplePoint', () => {
  it('lies on both sides of zero, in every quarter of the range', () => {
    const values = Array.from({ length: POINT_COUNT }, (_, index) => samplePoint(['x'], index).get('x')!)
    const quarter = (value: number): number => Math.floor((Math.abs(value) - 0.3) / 0.6)
    expect(values.slice(0, 4).every((value) => value > 0.3 && value < 2.7)).toBe(true)
    expect(values.slice(4).every((value) => value < -0.3 && value > -2.7)).toBe(true)
    expect(new Set(values.slice(0, 4).map(quarter)).size).toBe(4)
    expect(new Set(values.slice(4).map(quarter)).size).toBe(4)
  })

  it('depends on the name and the index only', () => {
    expect(samplePoint(['x', 'y'], 3).get('y')).toBe(samplePoint(['y'], 3).get('y'))
    expect(samplePoint(['x'], 3).get('x')).not.toBe(samplePoint(['y'], 3).get('y'))
  })
})

describe('sampleDirectly', () => {
  it.each([
    ['\\sin^2 x+\\cos^2 x', '1', 'equal'],
    ['\\sin 2x', '2\\sin x\\cos x', 'equal'],
    ['\\tan x', '\\frac{\\sin x}{\\cos x}', 'equal'],
    ['\\sin x', 'x-\\frac{x^3}{6}', 'different'],
    ['x', 'x+10^{-5}', 'different'],
    ['\\sqrt{x^2}', 'x', 'branches'],
    ['|x+5|', 'x+5', 'branches'],
    ['|x+500|', '|500+x|', 'equal'],
    ['\\sqrt{(x-y)^2}', 'x-y', 'different'],
    ['\\lfloor x\\rfloor', '\\lfloor x+10^{-9}\\rfloor', 'imprecise'],
    ['10^{12}x', '10^{12}x+1', 'undecided'],
    ['\\ln 0+x', 'x', 'undecided'],
  ])('%s against %s: %s', (a, b, expected) => {
    expect(sampled(a, b)).toBe(expected)
  })
})
